#include "adapters/rest/client_table.hpp"

#include <gtest/gtest.h>

namespace rest {
namespace {

using namespace std::chrono_literals;

gateway::ClientLimits limits() {
    gateway::ClientLimits some;
    some.connections = 2;
    some.requests = 2;  // a second
    some.burst = 3;
    return some;
}

class ClientTableTest : public testing::Test {
protected:
    bool served(std::string_view address) { return !table.request(address, now); }
    ClientTable table{limits()};
    gateway::TimePoint now = gateway::Clock::now();
};

TEST_F(ClientTableTest, ABurstIsServedAndThenTheRate) {
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(served("192.0.2.1"));
    const auto wait = table.request("192.0.2.1", now);
    ASSERT_TRUE(wait);
    EXPECT_EQ(*wait, gateway::Duration{500ms});
    now += 500ms;
    EXPECT_TRUE(served("192.0.2.1"));
    EXPECT_FALSE(served("192.0.2.1"));
    now += 1h;
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(served("192.0.2.1"));
    EXPECT_FALSE(served("192.0.2.1"));
}

TEST_F(ClientTableTest, OneClientTakesNothingFromAnother) {
    while (served("192.0.2.1")) {
    }
    EXPECT_TRUE(served("192.0.2.2"));
}

TEST_F(ClientTableTest, AnIpv6CustomerIsOneClient) {
    while (served("2001:db8:1:2::1")) {
    }
    EXPECT_FALSE(served("2001:db8:1:2:ffff::7"));
    EXPECT_TRUE(served("2001:db8:1:3::1"));
}

TEST_F(ClientTableTest, ConnectionsAreCountedUntilTheyEnd) {
    EXPECT_TRUE(table.enter("192.0.2.1"));
    EXPECT_TRUE(table.enter("192.0.2.1"));
    EXPECT_FALSE(table.enter("192.0.2.1"));
    EXPECT_TRUE(table.enter("192.0.2.2"));
    table.leave("192.0.2.1");
    EXPECT_TRUE(table.enter("192.0.2.1"));
}

TEST_F(ClientTableTest, ManyAddressesFillNoMemory) {
    for (unsigned i = 0; i < ClientTable::max_buckets + 1000; ++i)
        table.request("2001:db8:" + std::to_string(i / 9000) + ':' + std::to_string(i % 9000) + "::1", now);
    EXPECT_EQ(table.buckets(), ClientTable::max_buckets);
}

TEST(ClientTable, WithoutARateEverybodyIsServed) {
    ClientTable table{{}};
    for (int i = 0; i < 1000; ++i)
        EXPECT_FALSE(table.request("192.0.2.1", gateway::Clock::now()));
    EXPECT_EQ(table.buckets(), 0U);
}

}  // namespace
}  // namespace rest
