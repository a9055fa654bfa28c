// A device's message becomes a happn `set`, and a `set` becomes a device's message: seen by real happn-3
// clients of both generations on the embedded node.
#include <gtest/gtest.h>

#include <string>

#include "tests/integration/end_to_end.hpp"

namespace {

using namespace support;
using nlohmann::json;

constexpr const char* routes = R"(
version: 1
routes:
  telemetry:
    from: { mqtt: "devices/{device}/telemetry", qos: 1 }
    to:   { happn: "set /devices/{device}/telemetry" }
  note:
    from: { mqtt: "devices/{device}/note", decode: text }
    to:   { happn: "set /devices/{device}/note" }
  picture:
    from: { mqtt: "devices/{device}/picture", decode: bytes }
    to:   { happn: "set /devices/{device}/picture" }
  setpoint:
    from: { happn: "on /devices/{device}/setpoint" }
    to:   { mqtt: "devices/{device}/setpoint", qos: 1, retain: true }
  message:
    from: { happn: "on /devices/{device}/message" }
    to:   { mqtt: "devices/{device}/message", encode: text }
  firmware:
    from: { happn: "on /devices/{device}/firmware" }
    to:   { mqtt: "devices/{device}/firmware" }
)";

class MqttToHappn : public testing::TestWithParam<const char*> {
protected:
    MqttToHappn() { happn.connect(gateway.port()); }

    Mosquitto mosquitto;
    GatewayProcess gateway{{.settings = broker_settings(mosquitto), .mappings = {{"routes.yaml", routes}}}};
    JsClient happn{GetParam()};
    MqttProbe device{mosquitto.port()};
};

TEST_P(MqttToHappn, AJsonReadingIsSeenByAJavaScriptSubscriberAndStored) {
    const int readings = happn.on("/devices/d1/*", "set");
    device.publish({.topic = "devices/d1/telemetry", .payload = R"({"t":21.50,"ok":true})", .qos = 1});
    const json message = happn.wait_message(readings);
    EXPECT_EQ(message.at("data").at("t"), 21.5);
    EXPECT_EQ(message.at("meta").at("path"), "/devices/d1/telemetry");
    EXPECT_EQ(happn.get("/devices/d1/telemetry").at("ok"), true);
}

TEST_P(MqttToHappn, ABareNumberTravelsAsAValue) {
    const int readings = happn.on("/devices/d1/telemetry", "set");
    device.publish({.topic = "devices/d1/telemetry", .payload = "21.5", .qos = 1});
    EXPECT_EQ(happn.wait_message(readings).at("data").at("value"), 21.5);
}

TEST_P(MqttToHappn, TextAndBytesSurviveTheWayToHappn) {
    const int notes = happn.on("/devices/d1/note", "set");
    device.publish({.topic = "devices/d1/note", .payload = "grüße \"quoted\"\n"});
    EXPECT_EQ(happn.wait_message(notes).at("data").at("value"), "grüße \"quoted\"\n");

    const int pictures = happn.on("/devices/d1/picture", "set");
    device.publish({.topic = "devices/d1/picture", .payload = std::string{"\0\xff\x01", 3}});
    const json picture = happn.wait_message(pictures).at("data");
    EXPECT_EQ(picture.at("encoding"), "base64");
    EXPECT_EQ(picture.at("value"), "AP8B");
}

TEST_P(MqttToHappn, ASetByAJavaScriptClientReachesTheDeviceRetained) {
    device.subscribe("devices/+/setpoint");
    happn.set("/devices/d7/setpoint", {{"celsius", 20.5}});
    const MqttMessage message = device.wait_message("devices/d7/setpoint");
    EXPECT_EQ(json::parse(message.payload).at("celsius"), 20.5);
    MqttProbe later{mosquitto.port()};
    later.subscribe("devices/d7/setpoint");
    EXPECT_TRUE(later.wait_message("devices/d7/setpoint").retained);
}

TEST_P(MqttToHappn, APlainValueReachesTheDeviceBare) {
    device.subscribe("devices/#");
    happn.set("/devices/d7/setpoint", 21.5);
    EXPECT_EQ(device.wait_message("devices/d7/setpoint").payload, "21.5");
    happn.set("/devices/d7/message", "hello");
    EXPECT_EQ(device.wait_message("devices/d7/message").payload, "hello");
    happn.set("/devices/d7/firmware", {{"value", "AP8B"}, {"encoding", "base64"}});
    EXPECT_EQ(device.wait_message("devices/d7/firmware").payload, (std::string{"\0\xff\x01", 3}));
}

std::size_t occurrences(const std::string& text, std::string_view part) {
    std::size_t times = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++times;
    return times;
}

TEST_P(MqttToHappn, WhatIsNotJsonIsRefusedAndTheNextMessageGoesOn) {
    const int readings = happn.on("/devices/*/telemetry", "set");
    device.publish({.topic = "devices/d1/telemetry", .payload = R"({"t":)", .qos = 1});
    device.publish({.topic = "devices/../telemetry", .payload = "1", .qos = 1});
    device.publish({.topic = "devices/d2/telemetry", .payload = "2", .qos = 1});
    EXPECT_EQ(happn.wait_message(readings).at("meta").at("path"), "/devices/d2/telemetry");
    const RouteCounts counts = gateway.route("telemetry");
    EXPECT_EQ(counts.reasons.at("decode"), 1U);
    EXPECT_EQ(counts.reasons.at("capture"), 1U);
    EXPECT_EQ(counts.outcome("delivered"), 1U);
    gateway.process().wait_for_line("refused (capture)");
    const std::string log = gateway.process().printed();
    EXPECT_EQ(occurrences(log, "route telemetry: refused (decode): BadRequest: decode: payload is not JSON"),
              1U)
        << log;
    EXPECT_EQ(occurrences(log, "route telemetry: refused (capture): BadRequest: capture: {device} is '..'"),
              1U)
        << log;
    EXPECT_EQ(occurrences(log, R"({"t":)"), 0U) << log;
}

INSTANTIATE_TEST_SUITE_P(Generations,
                         MqttToHappn,
                         testing::Values("happn-3@1.12.1", "happn-3@13.12.1"),
                         [](const auto& client) {
                             return client.param[8] == '1' && client.param[9] == '.' ? "G1" : "G4";
                         });

}  // namespace
