// Several gateways that share subscriptions of a real Mosquitto, for 3.1.1 and 5.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/tcp_proxy.hpp"

namespace {

using namespace support;

constexpr int messages = 20;

constexpr const char* shared = R"(
routes:
  work: { from: { mqtt: "in/{x}", qos: 1, group: gateways }, to: { mqtt: "out/{x}", qos: 1 } }
)";
constexpr const char* overlapping = R"(
routes:
  work: { from: { mqtt: "in/{x}/+", qos: 1, group: gateways }, to: { mqtt: "out/{x}", qos: 1 } }
  more: { from: { mqtt: "in/+/{y}", qos: 1, group: gateways }, to: { mqtt: "out/{y}", qos: 1 } }
)";

class MqttGroup : public testing::TestWithParam<int> {
protected:
    MqttGroup() { device.subscribe("out/#"); }

    static GatewayFiles files(std::uint16_t port, const char* routes) {
        return {.settings = "brokers: { local: { url: \"tcp://127.0.0.1:" + std::to_string(port) +
                            "\", version: " + std::to_string(GetParam()) + ", reconnect_min: 50ms } }\n",
                .mappings = {{"routes.yaml", routes}}};
    }
    static auto matched(const GatewayProcess& gateway, const char* route = "work") {
        return gateway.route(route).matched;
    }
    void send_all(const std::string& suffix = {}) {
        for (int number = 1; number <= messages; ++number)
            device.publish({.topic = "in/" + std::to_string(number) + suffix, .payload = "1", .qos = 1});
    }
    void expect_all() {
        std::multiset<std::string> seen, wanted;
        for (int number = 1; number <= messages; ++number) {
            wanted.insert("out/" + std::to_string(number));
            seen.insert(device.wait_message([](const MqttMessage&) { return true; }).topic);
        }
        EXPECT_EQ(seen, wanted);
    }

    Mosquitto mosquitto;
    MqttProbe device{mosquitto.port()};
};

TEST_P(MqttGroup, GivesEachMessageToOneOfItsGateways) {
    GatewayProcess one{files(mosquitto.port(), shared)};
    GatewayProcess two{files(mosquitto.port(), shared)};
    send_all();
    expect_all();
    EXPECT_EQ(matched(one) + matched(two), static_cast<unsigned>(messages));
    EXPECT_GT(matched(one), 0U);
    EXPECT_GT(matched(two), 0U);
    EXPECT_TRUE(device.waiting().empty());
}

TEST_P(MqttGroup, GoesOnWithTheOneThatIsLeft) {
    GatewayProcess one{files(mosquitto.port(), shared)};
    {
        GatewayProcess two{files(mosquitto.port(), shared)};
        two.stop();
    }
    send_all();
    expect_all();
    EXPECT_EQ(matched(one), static_cast<unsigned>(messages));
}

TEST_P(MqttGroup, BringsEachOfItsOverlappingRoutesAMessageOnce) {
    GatewayProcess one{files(mosquitto.port(), overlapping)};
    GatewayProcess two{files(mosquitto.port(), overlapping)};
    send_all("/last");
    std::multiset<std::string> seen;
    for (int number = 1; number <= 2 * messages; ++number)
        seen.insert(device.wait_message([](const MqttMessage&) { return true; }).topic);
    EXPECT_EQ(seen.count("out/last"), static_cast<std::size_t>(messages));
    for (int number = 1; number <= messages; ++number)
        EXPECT_EQ(seen.count("out/" + std::to_string(number)), 1U) << number;
    EXPECT_TRUE(device.waiting().empty());
}

TEST_P(MqttGroup, IsJoinedAgainAfterALoss) {
    TcpProxy proxy{mosquitto.port()};
    GatewayProcess gateway{files(proxy.port(), shared)};
    proxy.cut();
    gateway.process().wait_for_line("next attempt in");
    gateway.wait_until_ready();
    send_all();
    expect_all();
}

INSTANTIATE_TEST_SUITE_P(Versions, MqttGroup, testing::Values(3, 5), [](const auto& version) {
    return version.param == 5 ? "V5" : "V311";
});

}  // namespace
