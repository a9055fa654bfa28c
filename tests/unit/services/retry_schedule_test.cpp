#include "adapters/services/retry_schedule.hpp"

#include <gtest/gtest.h>

namespace services {
namespace {

using namespace std::chrono_literals;
using gateway::Duration;

class ARetrySchedule : public testing::Test {
protected:
    std::optional<Duration> wait(const FailedAttempt& failed, Duration left = 1h, double chance = 0) const {
        return next_wait(rule, failed, chance, now, now + left);
    }

    gateway::TimePoint now{};
    gateway::Retry rule{.max = 5,
                        .backoff_min = 1s,
                        .backoff_max = 10s,
                        .network = true,
                        .statuses = {{429, 429}, {500, 599}},
                        .attempt = {}};
};

TEST_F(ARetrySchedule, DoublesTheWaitUpToTheLongest) {
    EXPECT_EQ(wait({1, 503, {}}), 1s);
    EXPECT_EQ(wait({2, 503, {}}), 2s);
    EXPECT_EQ(wait({3, 503, {}}), 4s);
    EXPECT_EQ(wait({5, 503, {}}), 10s);
}

TEST_F(ARetrySchedule, EndsAfterItsAttempts) {
    EXPECT_EQ(wait({6, 503, {}}), std::nullopt);
    rule.max = 1'000'000;
    EXPECT_EQ(wait({999'999, 503, {}}), 10s);
}

TEST_F(ARetrySchedule, TriesAgainForWhatTheRuleNamesOnly) {
    EXPECT_TRUE(wait({1, 0, {}}));
    EXPECT_TRUE(wait({1, 429, {}}));
    EXPECT_FALSE(wait({1, 404, {}}));
    rule.network = false;
    EXPECT_FALSE(wait({1, 0, {}}));
}

TEST_F(ARetrySchedule, WaitsAsLongAsTheServiceAsks) {
    EXPECT_EQ(wait({1, 429, 7s}), 7s);
    EXPECT_EQ(wait({4, 429, 1s}), 8s);
}

TEST_F(ARetrySchedule, NeverWaitsUntilTheDeadline) {
    EXPECT_EQ(wait({1, 503, {}}, 1s), std::nullopt);
    EXPECT_EQ(wait({1, 429, 30s}, 20s), std::nullopt);
}

TEST_F(ARetrySchedule, TakesUpToAHalfOffByChance) {
    EXPECT_EQ(wait({2, 503, {}}, 1h, 1.0), 1s);
    EXPECT_EQ(wait({2, 503, {}}, 1h, 0.5), 1500ms);
}

TEST(RetryAfter, IsSecondsOrADate) {
    constexpr gateway::WallTime now = 784'111'777'000;  // Sun, 06 Nov 1994 08:49:37 GMT
    EXPECT_EQ(read_retry_after("120", now), 120s);
    EXPECT_EQ(read_retry_after("Sun, 06 Nov 1994 08:50:37 GMT", now), 60s);
    EXPECT_EQ(read_retry_after("Sun, 06 Nov 1994 08:40:00 GMT", now), 0s);
    EXPECT_EQ(read_retry_after("soon", now), std::nullopt);
    EXPECT_EQ(read_retry_after("-1", now), std::nullopt);
    EXPECT_EQ(read_retry_after("", now), std::nullopt);
}

}  // namespace
}  // namespace services
