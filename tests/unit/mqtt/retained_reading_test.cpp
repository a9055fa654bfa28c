#include "adapters/mqtt/retained_reading.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gateway::mqtt {
namespace {

class RetainedReadingTest : public testing::Test {
protected:
    RetainedReadingTest() {
        reading.add("lights/+",
                    1,
                    {[this](Message message) { kept.push_back(message.address); },
                     [this](auto error) {
                         ended = true;
                         failure = error ? error->message : "";
                     }});
    }
    Arrival mark(const RetainedReading::Next& sent) {
        Arrival arrival;
        arrival.topic = reading.topic();
        arrival.payload = Bytes::copy(std::get<RetainedReading::Mark>(sent).payload);
        return arrival;
    }
    static Arrival retained(std::string topic) {
        Arrival arrival;
        arrival.topic = std::move(topic);
        arrival.retain = true;
        return arrival;
    }
    /// As far as SUBSCRIBE.
    void ask() {
        const auto next = reading.on_mark(mark(reading.begin()));
        EXPECT_EQ(std::get<RetainedReading::Again>(next).filter, "lights/+");
        reading.subscribing(7, "lights/#");
    }

    RetainedReading reading{"hg/gateway/m"};
    std::vector<std::string> kept;
    bool ended = false;
    std::string failure;
};

TEST_F(RetainedReadingTest, EndsWhenTheMarkBehindTheSubscriptionIsBack) {
    ask();
    const auto second = reading.on_subscribed(7, 1);
    EXPECT_EQ(std::get<RetainedReading::Mark>(second).qos, 1);
    EXPECT_FALSE(ended);
    EXPECT_TRUE(std::holds_alternative<RetainedReading::Done>(reading.on_mark(mark(second))));
    EXPECT_TRUE(ended);
    EXPECT_EQ(failure, "");
}

TEST_F(RetainedReadingTest, TakesWhatIsRetainedUnderTheSubscriptionAndNothingElse) {
    EXPECT_FALSE(reading.collects(retained("lights/1"))) << "others have asked for it";
    ask();
    EXPECT_TRUE(reading.collects(retained("lights/1")));
    EXPECT_TRUE(reading.collects(retained("lights/1/x"))) << "it came for the reading, too";
    EXPECT_FALSE(reading.collects(retained("doors/1")));
    Arrival live = retained("lights/1");
    live.retain = false;
    EXPECT_FALSE(reading.collects(live));
}

TEST_F(RetainedReadingTest, AnEarlierMarkSaysNothing) {
    const auto first = mark(reading.begin());
    reading.on_mark(first);
    reading.subscribing(7, "lights/+");
    reading.on_subscribed(7, 1);
    EXPECT_TRUE(std::holds_alternative<std::monostate>(reading.on_mark(first)));
    EXPECT_FALSE(ended);
}

TEST_F(RetainedReadingTest, ARefusedSubscriptionEndsItWithTheBrokersWords) {
    ask();
    EXPECT_TRUE(std::holds_alternative<RetainedReading::Done>(reading.on_subscribed(7, 0x87)));
    EXPECT_NE(failure.find("Not authorized"), std::string::npos) << failure;
}

TEST_F(RetainedReadingTest, OneIsReadAfterTheOther) {
    bool second_ended = false;
    reading.add("doors/+", 0, {[](const Message&) {}, [&](auto) { second_ended = true; }});
    ask();
    EXPECT_TRUE(std::holds_alternative<std::monostate>(reading.begin()));
    const auto last = reading.on_subscribed(7, 1);
    reading.on_mark(mark(last));
    EXPECT_TRUE(std::holds_alternative<RetainedReading::Mark>(reading.begin()));
    reading.end_all(Error{Errc::unavailable, "lost"});
    EXPECT_TRUE(second_ended);
}

}  // namespace
}  // namespace gateway::mqtt
