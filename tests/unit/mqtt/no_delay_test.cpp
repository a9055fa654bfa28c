#include "adapters/mqtt/no_delay.hpp"

#include <gtest/gtest.h>

namespace {

using gateway::mqtt::port_of;

TEST(PortOfAUrl, IsBetweenTheHostAndThePath) {
    EXPECT_EQ(port_of("tcp://broker:1884"), 1884);
    EXPECT_EQ(port_of("ssl://[::1]:8883"), 8883);
    EXPECT_EQ(port_of("wss://broker:443/mqtt"), 443);
    EXPECT_EQ(port_of("ws://broker:9001/site:7/mqtt"), 9001);
}

}  // namespace
