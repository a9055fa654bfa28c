#include "adapters/mqtt/reconnect.hpp"

#include <gtest/gtest.h>

#include "adapters/mqtt/sent_memory.hpp"

namespace gateway::mqtt {
namespace {

using namespace std::chrono_literals;

constexpr double latest = 0.999999;

TEST(Reconnect, WaitsTwiceAsLongEachTimeUpToALimit) {
    Reconnect reconnect{100ms, 500ms};
    const TimePoint now{};
    EXPECT_EQ(reconnect.lost(now, 0), 50ms);
    EXPECT_EQ(reconnect.lost(now, 0), 100ms);
    EXPECT_EQ(reconnect.lost(now, 0), 200ms);
    EXPECT_EQ(reconnect.lost(now, 0), 250ms);
    EXPECT_EQ(reconnect.lost(now, 0), 250ms);
    EXPECT_NEAR(static_cast<double>((reconnect.lost(now, latest) / 1ms)), 500, 1);
}

TEST(Reconnect, StartsOverAfterAConnectionThatHeld) {
    Reconnect reconnect{100ms, 10s};
    TimePoint now{};
    for (int i = 0; i < 4; ++i)
        reconnect.lost(now, 0);
    reconnect.connected(now);
    EXPECT_EQ(reconnect.lost(now + 1min, 0), 50ms);
}

TEST(Reconnect, DoesNotStartOverAfterAConnectionThatBrokeAtOnce) {
    Reconnect reconnect{100ms, 10s};
    TimePoint now{};
    reconnect.lost(now, 0);
    reconnect.connected(now);
    EXPECT_EQ(reconnect.lost(now + 1s, 0), 100ms);
}

TEST(Reconnect, SuspectsAnotherClientWithTheSameIdAfterSeveralShortConnections) {
    Reconnect reconnect{100ms, 10s};
    TimePoint now{};
    for (int i = 0; i < 3; ++i) {
        EXPECT_FALSE(reconnect.taken_over());
        reconnect.connected(now);
        now += 1s;
        reconnect.lost(now, 0);
    }
    EXPECT_TRUE(reconnect.taken_over());
    reconnect.connected(now);
    reconnect.lost(now + 1min, 0);
    EXPECT_FALSE(reconnect.taken_over());
}

TEST(Reconnect, DoesNotSuspectAnotherClientWhenTheBrokerIsAway) {
    Reconnect reconnect{100ms, 10s};
    for (int i = 0; i < 5; ++i)
        reconnect.lost(TimePoint{}, 0);
    EXPECT_FALSE(reconnect.taken_over());
}

TEST(SentMemory, KnowsWhatWasSentOnce) {
    SentMemory sent;
    const TimePoint now{};
    sent.remember("a", "1", 3, now);
    EXPECT_FALSE(sent.take("a", "2", now));
    EXPECT_FALSE(sent.take("b", "1", now));
    EXPECT_EQ(sent.take("a", "1", now), 3);
    EXPECT_FALSE(sent.take("a", "1", now));
}

TEST(SentMemory, ForgetsWhatIsOld) {
    SentMemory sent;
    const TimePoint now{};
    sent.remember("a", "1", 1, now);
    EXPECT_FALSE(sent.take("a", "1", now + SentMemory::lifetime + 1s));
    EXPECT_EQ(sent.size(), 0U);
}

TEST(SentMemory, ForgetsTheOldestWhenFull) {
    SentMemory sent{2};
    const TimePoint now{};
    sent.remember("a", "1", 1, now);
    sent.remember("a", "2", 1, now);
    sent.remember("a", "3", 1, now);
    EXPECT_EQ(sent.size(), 2U);
    EXPECT_FALSE(sent.take("a", "1", now));
    EXPECT_TRUE(sent.take("a", "2", now));
    EXPECT_TRUE(sent.take("a", "3", now));
}

TEST(SentMemory, CountsEqualMessagesEach) {
    SentMemory sent;
    const TimePoint now{};
    sent.remember("a", "1", 1, now);
    sent.remember("a", "1", 1, now);
    EXPECT_TRUE(sent.take("a", "1", now));
    EXPECT_TRUE(sent.take("a", "1", now));
    EXPECT_FALSE(sent.take("a", "1", now));
}

}  // namespace
}  // namespace gateway::mqtt
