#include "adapters/rest/login_limit.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "adapters/rest/login_guard.hpp"

namespace rest {
namespace {

using gateway::Duration;
using gateway::TimePoint;
using namespace std::chrono_literals;

constexpr FailureAllowance three_and_one_a_second{3, 1s};
const TimePoint start{1h};

void fail(LoginLimit& limit, int times, TimePoint now = start) {
    for (int i = 0; i < times; ++i)
        limit.failed("a", now);
}

TEST(LoginLimit, LetsAFewFailuresPassAndThenOneInAnInterval) {
    LoginLimit limit{three_and_one_a_second};
    fail(limit, 2);
    EXPECT_TRUE(limit.allows("a", start));
    fail(limit, 1);
    EXPECT_EQ(limit.wait("a", start), 1s);
    EXPECT_TRUE(limit.allows("b", start));
    EXPECT_TRUE(limit.allows("a", start + 1s));
    fail(limit, 1, start + 1s);
    EXPECT_EQ(limit.wait("a", start + 1s), 1s);
}

TEST(LoginLimit, WhatIsUnderWayCountsAsFailedHoweverLongItTakes) {
    const auto limit = std::make_shared<LoginLimit>(three_and_one_a_second);
    fail(*limit, 1);
    const Try one{limit, "a"};
    EXPECT_TRUE(limit->allows("a", start));
    const Try another{limit, "a"};
    EXPECT_FALSE(limit->allows("a", start));
    const Try third{limit, "a"};
    EXPECT_FALSE(limit->allows("a", start + 1h));
    EXPECT_TRUE(limit->allows("b", start));
}

TEST(LoginLimit, ATryThatEndsWithoutFailingCostsNothing) {
    const auto limit = std::make_shared<LoginLimit>(three_and_one_a_second);
    for (int i = 0; i < 100; ++i)
        const Try passing{limit, "a"};
    EXPECT_TRUE(limit->allows("a", start));
    EXPECT_EQ(limit->size(), 0U);
}

TEST(LoginLimit, ATryFailsOnceHoweverManyHaveWaitedForIt) {
    const auto limit = std::make_shared<LoginLimit>(three_and_one_a_second);
    {
        Try shared{limit, "a"};
        for (int i = 0; i < 10; ++i)
            shared.failed(start);
    }
    EXPECT_TRUE(limit->allows("a", start));
    fail(*limit, 2);
    EXPECT_FALSE(limit->allows("a", start));
}

TEST(LoginLimit, ForgivesAllInTime) {
    LoginLimit limit{three_and_one_a_second};
    fail(limit, 3);
    fail(limit, 2, start + 3s);
    EXPECT_TRUE(limit.allows("a", start + 3s));
}

TEST(LoginLimit, IsBoundedAndForgetsTheLeastGuiltyFirst) {
    LoginLimit limit{three_and_one_a_second};
    fail(limit, 8);
    for (std::size_t i = 0; i < 2 * LoginLimit::max_keys; ++i)
        limit.failed("k" + std::to_string(i), start);
    EXPECT_LE(limit.size(), LoginLimit::max_keys);
    EXPECT_FALSE(limit.allows("a", start));
}

TEST(LoginLimit, KeepsNoLongKeys) {
    LoginLimit limit{three_and_one_a_second};
    const std::string long_key(100'000, 'x');
    for (int i = 0; i < 3; ++i)
        limit.failed(long_key, start);
    EXPECT_FALSE(limit.allows(long_key, start));
    EXPECT_FALSE(limit.allows(long_key.substr(0, LoginLimit::max_key_size), start));
}

TEST(NetworkOf, IsTheSubscribersPartOfAnAddress) {
    EXPECT_EQ(network_of("192.0.2.7"), "192.0.2.7");
    EXPECT_EQ(network_of("2001:db8:1:2:3:4:5:6"), network_of("2001:db8:1:2::1"));
    EXPECT_NE(network_of("2001:db8:1:2::1"), network_of("2001:db8:1:3::1"));
    EXPECT_EQ(network_of("::ffff:192.0.2.7"), "192.0.2.7");
    EXPECT_EQ(network_of("unknown"), "unknown");
}

// --- logins --------------------------------------------------------------------------------------

std::string address(int number) {
    return "10.1." + std::to_string(number / 250) + '.' + std::to_string(number % 250);
}

/// From another address each; none is accepted.
void guess(LoginGuard& guard, const std::string& user, int times) {
    for (int i = 0; i < times; ++i)
        guard.begin(address(i), user).failed(start);
}

void log_in(LoginGuard& guard, const std::string& from, const std::string& user) {
    guard.succeeded(guard.begin(from, user));
}

TEST(LoginGuard, TriesOfAnAddressSideBySideAreNotMoreThanOneAfterTheOther) {
    LoginGuard guard;
    std::vector<LoginGuard::Attempt> under_way;
    for (int i = 0; i < address_allowance.at_once; ++i)
        under_way.push_back(guard.begin("10.0.0.1", "user" + std::to_string(i)));
    EXPECT_GT(guard.wait("10.0.0.1", "ann", start + 1h), Duration::zero());
    under_way.clear();
    EXPECT_EQ(guard.wait("10.0.0.1", "ann", start), Duration::zero());
}

TEST(LoginGuard, TriesForAUserSideBySideAreNotMoreThanOneAfterTheOther) {
    LoginGuard guard;
    std::vector<LoginGuard::Attempt> under_way;
    for (int i = 0; i < user_allowance.at_once; ++i)
        under_way.push_back(guard.begin(address(i), "ann"));
    EXPECT_GT(guard.wait("10.9.9.9", "ann", start + 1h), Duration::zero());
    EXPECT_EQ(guard.wait("10.9.9.9", "ben", start + 1h), Duration::zero());
    for (const auto& attempt : under_way)
        attempt.failed(start);
    under_way.clear();
    EXPECT_EQ(guard.wait("10.9.9.9", "ann", start), user_allowance.interval);
}

TEST(LoginGuard, GoodLoginsCostNothing) {
    LoginGuard guard;
    for (int i = 0; i < 1000; ++i)
        log_in(guard, "10.0.0.1", "ann");
    EXPECT_EQ(guard.wait("10.0.0.1", "ann", start), Duration::zero());
}

TEST(LoginGuard, AUserIsSlowedDownOnlyWhereHeIsNotKnown) {
    LoginGuard guard;
    log_in(guard, "10.0.0.1", "ann");
    guess(guard, "ann", user_allowance.at_once);
    EXPECT_EQ(guard.wait("10.0.0.1", "ann", start), Duration::zero());
    EXPECT_EQ(guard.wait("10.0.0.2", "ann", start), user_allowance.interval);
    EXPECT_EQ(guard.wait("10.0.0.2", "ben", start), Duration::zero());
    EXPECT_EQ(guard.wait("10.0.0.2", "ann", start + user_allowance.interval), Duration::zero());
}

TEST(LoginGuard, ForgetsTheOldestPlacesFirst) {
    LoginGuard guard;
    log_in(guard, "10.0.0.1", "ann");
    guess(guard, "ann", user_allowance.at_once);
    EXPECT_EQ(guard.wait("10.0.0.1", "ann", start), Duration::zero());
    for (std::size_t i = 0; i < LoginGuard::max_known_places; ++i)
        log_in(guard, "10.0.0.1", "user" + std::to_string(i));
    EXPECT_GT(guard.wait("10.0.0.1", "ann", start), Duration::zero());
}

}  // namespace
}  // namespace rest
