// What strangers send, end to end: each bad message is refused and counted with its reason, reaches nothing,
// and the next good one is delivered.
#include <gtest/gtest.h>

#include <string>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"

namespace {

using namespace support;
using nlohmann::json;

constexpr const char* from_mqtt = R"(
version: 1
routes:
  telemetry:
    from: { mqtt: "devices/{device}/telemetry", qos: 1 }
    to: { happn: "set /devices/{device}/telemetry" }
)";

class BadMqttInput : public testing::TestWithParam<int> {
protected:
    BadMqttInput() {
        happn.connect(gateway.port());
        everything = happn.on("*", "set");
    }

    void publish(const std::string& topic, const std::string& payload, int qos = 1) {
        device.publish({.topic = topic, .payload = payload, .qos = qos});
    }
    /// It is the next that arrives anywhere, so nothing of what came before did.
    void expect_the_next_to_be_delivered() {
        const std::string device_name = "good" + std::to_string(++good);
        publish("devices/" + device_name + "/telemetry", std::to_string(good));
        const json message = happn.wait_message(everything);
        EXPECT_EQ(message.at("meta").at("path"), "/devices/" + device_name + "/telemetry");
        EXPECT_EQ(message.at("data").at("value"), good);
        EXPECT_TRUE(eventually([&] {
            return gateway.route("telemetry").outcome("delivered") == static_cast<std::uint64_t>(good);
        }));
    }
    std::uint64_t refused(const std::string& reason) {
        const auto reasons = gateway.route("telemetry").reasons;
        const auto found = reasons.find(reason);
        return found == reasons.end() ? 0 : found->second;
    }

    Mosquitto mosquitto;
    GatewayProcess gateway{{.settings = "brokers: { local: { url: \"" + mosquitto.url() + "\", version: " +
                                        std::to_string(GetParam()) + ", max_message: 1KiB } }\n",
                            .mappings = {{"routes.yaml", from_mqtt}}}};
    JsClient happn{"happn-3@13.12.1"};
    MqttProbe device{mosquitto.port()};
    int everything = 0;
    int good = 0;
};

TEST_P(BadMqttInput, APayloadThatIsNoJsonIsRefusedAsDecode) {
    std::uint64_t sent = 0;
    for (const char* payload : {"{\"t\":", "hello", "\xff\xfe", "{} {}", "[1,]"}) {
        publish("devices/d1/telemetry", payload);
        expect_the_next_to_be_delivered();
        EXPECT_EQ(refused("decode"), ++sent) << payload;
    }
}

TEST_P(BadMqttInput, ATopicThatWouldEscapeItsCaptureIsRefusedAsCapture) {
    std::uint64_t sent = 0;
    for (const char* topic : {"devices/../telemetry", "devices/*/telemetry", "devices/a*b/telemetry"}) {
        publish(topic, "1");
        expect_the_next_to_be_delivered();
        EXPECT_EQ(refused("capture"), ++sent) << topic;
    }
}

/// MQTT 5 has told the broker the limit, which keeps such messages back itself; on 3.1.1 the gateway drops
/// them.
TEST_P(BadMqttInput, AnOversizedMessageIsDropped) {
    for (const int qos : {0, 1}) {
        publish("devices/d1/telemetry", '"' + std::string(2000, 'x') + '"', qos);
        expect_the_next_to_be_delivered();
    }
    EXPECT_EQ(metric(gateway.metrics(), "happn_gateway_mqtt_dropped_oversize_total"),
              GetParam() == 5 ? 0 : 2);
    EXPECT_EQ(gateway.route("telemetry").matched, 2U);
}

INSTANTIATE_TEST_SUITE_P(Versions, BadMqttInput, testing::Values(3, 5), [](const auto& version) {
    return version.param == 5 ? "Five" : "ThreeOneOne";
});

constexpr const char* to_mqtt = R"(
version: 1
routes:
  setpoint:
    from: { happn: "on /devices/{device}/setpoint" }
    to: { mqtt: "devices/{device}/setpoint", qos: 1 }
)";

class HostilePaths : public testing::TestWithParam<const char*> {
protected:
    HostilePaths() {
        happn.connect(gateway.port());
        device.subscribe("#");
    }

    Mosquitto mosquitto;
    GatewayProcess gateway{{.settings = broker_settings(mosquitto), .mappings = {{"routes.yaml", to_mqtt}}}};
    JsClient happn{GetParam()};
    MqttProbe device{mosquitto.port()};
};

/// happn takes these characters in a path; in a topic they are wildcards, or another level.
TEST_P(HostilePaths, ReachNoOtherTopicAndAreRefusedAsCapture) {
    std::uint64_t accepted = 0;
    for (const char* name : {"+", "a+", "a+b", "#", "a#", ".."}) {
        try {
            happn.set("/devices/" + std::string{name} + "/setpoint", {{"celsius", 20}});
            ++accepted;
        } catch (const JsError&) {
            // The library or the node did not take the path: then nobody is told.
        }
    }
    happn.set("/devices/d1/setpoint", {{"celsius", 21}});
    const MqttMessage message = device.wait_message([](const MqttMessage&) { return true; });
    EXPECT_EQ(message.topic, "devices/d1/setpoint");
    EXPECT_EQ(json::parse(message.payload).at("celsius"), 21);
    EXPECT_TRUE(device.waiting().empty());
    const auto counted = [&] { return gateway.route("setpoint").ended() >= accepted + 1; };
    EXPECT_TRUE(eventually(counted)) << accepted << " paths were taken\n" << gateway.metrics();
    EXPECT_GT(accepted, 0U);
    EXPECT_EQ(gateway.route("setpoint").reasons.at("capture"), accepted);
}

INSTANTIATE_TEST_SUITE_P(Generations,
                         HostilePaths,
                         testing::Values("happn-3@1.12.1", "happn-3@13.12.1"),
                         [](const auto& client) {
                             return client.param[8] == '1' && client.param[9] == '.' ? "G1" : "G4";
                         });

}  // namespace
