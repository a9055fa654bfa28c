#include "adapters/mqtt/ingress.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <variant>
#include <vector>

namespace gateway::mqtt {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::size_t max_message = 100;

class IngressTest : public testing::Test {
protected:
    void handle(const Event& event) {
        if (const auto* large = std::get_if<TooLarge>(&event)) too_large.push_back(large->bytes);
    }

    boost::asio::io_context shard;
    std::vector<std::size_t> too_large;
    Ingress ingress{
        shard, {[this](Event&& event) { handle(event); }, [] {}, [] {}, [](std::uint64_t) {}}, max_message};
};

TEST_F(IngressTest, TakesAMessageOfTheLargestSize) {
    EXPECT_TRUE(ingress.takes(max_message));
    shard.run();
    EXPECT_THAT(too_large, IsEmpty());
}

TEST_F(IngressTest, RefusesALargerMessageAndTellsTheShardOfEach) {
    EXPECT_FALSE(ingress.takes(max_message + 1));
    EXPECT_FALSE(ingress.takes(max_message + 2));
    shard.run();
    EXPECT_THAT(too_large, ElementsAre(max_message + 1, max_message + 2));
}

Arrival confirmed() {
    Arrival arrival;
    arrival.topic = "t";
    arrival.qos = 1;
    return arrival;
}

constexpr Inbox<Event>::Bounds narrow{4, 1000};

TEST(IngressOverload, LeavesWhatIsAcknowledgedWithTheBrokerByAPause) {
    boost::asio::io_context shard;
    int arrived = 0, pauses = 0;
    Ingress ingress{shard,
                    {[&](Event&&) { ++arrived; }, [] {}, [&] { ++pauses; }, [](std::uint64_t) {}},
                    max_message,
                    Ingress::Overload::pause,
                    narrow};
    for (int i = 0; i < 6; ++i)
        ingress.on_arrived(confirmed());
    shard.run();
    EXPECT_EQ(arrived, 6);
    EXPECT_EQ(pauses, 1);
    EXPECT_EQ(ingress.take_dropped(), 0U);
}

TEST(IngressOverload, DropsItForStreamsAndCounts) {
    boost::asio::io_context shard;
    int arrived = 0, pauses = 0;
    Ingress ingress{shard,
                    {[&](Event&&) { ++arrived; }, [] {}, [&] { ++pauses; }, [](std::uint64_t) {}},
                    max_message,
                    Ingress::Overload::drop,
                    narrow};
    for (int i = 0; i < 6; ++i)
        ingress.on_arrived(confirmed());
    shard.run();
    EXPECT_EQ(arrived, 4);
    EXPECT_EQ(pauses, 0);
    EXPECT_EQ(ingress.take_dropped(), 2U);
}

}  // namespace
}  // namespace gateway::mqtt
