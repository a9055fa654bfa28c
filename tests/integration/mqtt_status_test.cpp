// The topic on which the gateway says whether it is there, against a real Mosquitto, for 3.1.1 and 5.
#include <gtest/gtest.h>

#include <string>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/tcp_proxy.hpp"

namespace {

using namespace support;

constexpr const char* echo = R"(
routes:
  echo: { from: { mqtt: "in/{x}", qos: 1, decode: bytes }, to: { mqtt: "out/{x}", qos: 1 } }
)";

class MqttStatus : public testing::TestWithParam<int> {
protected:
    static GatewayFiles files(std::uint16_t port, const std::string& more = {}) {
        return {.settings = "brokers: { local: { url: \"tcp://127.0.0.1:" + std::to_string(port) +
                            "\", version: " + std::to_string(GetParam()) +
                            ", reconnect_min: 50ms, status: { topic: \"gateways/one\"" + more + " } } }\n",
                .mappings = {{"routes.yaml", echo}}};
    }
    /// As whoever comes now sees it.
    MqttMessage kept() {
        MqttProbe late{mosquitto.port()};
        late.subscribe("gateways/one");
        return late.wait_message("gateways/one");
    }

    Mosquitto mosquitto;
    MqttProbe device{mosquitto.port()};
};

TEST_P(MqttStatus, IsOnlineOnceTheRoutesAreSubscribed) {
    device.subscribe("#");
    GatewayProcess gateway{files(mosquitto.port()), StartUntil::listening};
    const MqttMessage online = device.wait_message("gateways/one");
    EXPECT_EQ(online.payload, "online");
    EXPECT_EQ(online.qos, 1);
    device.publish({.topic = "in/a", .payload = "x", .qos = 1});
    EXPECT_EQ(device.wait_message("out/a").payload, "x");
    EXPECT_TRUE(kept().retained);
}

TEST_P(MqttStatus, IsOfflineOnceTheGatewayHasStopped) {
    device.subscribe("gateways/one");
    GatewayProcess gateway{files(mosquitto.port())};
    EXPECT_EQ(device.wait_message("gateways/one").payload, "online");
    gateway.stop();
    EXPECT_EQ(device.wait_message("gateways/one").payload, "offline");
    EXPECT_EQ(kept().payload, "offline");
    EXPECT_TRUE(device.waiting().empty()) << "it was said twice";
}

TEST_P(MqttStatus, IsOfflineByTheBrokerWhenTheGatewayIsKilled) {
    device.subscribe("gateways/one");
    GatewayProcess gateway{files(mosquitto.port())};
    EXPECT_EQ(device.wait_message("gateways/one").payload, "online");
    gateway.kill();
    EXPECT_EQ(device.wait_message("gateways/one").payload, "offline");
    EXPECT_EQ(kept().payload, "offline");
}

TEST_P(MqttStatus, IsOfflineAndOnlineAgainWhenTheConnectionBreaks) {
    TcpProxy proxy{mosquitto.port()};
    device.subscribe("gateways/one");
    GatewayProcess gateway{files(proxy.port())};
    EXPECT_EQ(device.wait_message("gateways/one").payload, "online");
    proxy.cut();
    EXPECT_EQ(device.wait_message("gateways/one").payload, "offline");
    EXPECT_EQ(device.wait_message("gateways/one").payload, "online");
    gateway.wait_until_ready();
}

TEST_P(MqttStatus, SaysWhatTheConfigurationLetsItSay) {
    device.subscribe("gateways/one", 2);
    GatewayProcess gateway{
        files(mosquitto.port(), R"(, online: '{"up": true}', offline: "", qos: 2, retain: false)")};
    const MqttMessage online = device.wait_message("gateways/one");
    EXPECT_EQ(online.payload, R"({"up": true})");
    EXPECT_EQ(online.qos, 2);
    gateway.stop();
    EXPECT_EQ(device.wait_message("gateways/one").payload, "");
    device.subscribe("gateways/+");
    device.publish({.topic = "gateways/mark", .payload = "1", .qos = 1});
    device.wait_message("gateways/mark");
    EXPECT_TRUE(device.waiting().empty()) << "the broker has kept it";
}

INSTANTIATE_TEST_SUITE_P(Versions, MqttStatus, testing::Values(3, 5), [](const auto& version) {
    return version.param == 5 ? "V5" : "V311";
});

}  // namespace
