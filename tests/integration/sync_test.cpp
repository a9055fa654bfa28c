// Two-way routes: a change on either side reaches the other once, and does not come back.
#include <gtest/gtest.h>

#include <string>

#include "tests/integration/end_to_end.hpp"

namespace {

using namespace support;
using nlohmann::json;

constexpr const char* lights = R"(
version: 1
routes:
  lights:
    sync:
      a: { mqtt: "lights/{id}/state", qos: 1, retain: true }
      b: { happn: "/lights/{id}/state" }
)";

class Sync : public testing::TestWithParam<int> {
protected:
    Sync() {
        happn.connect(gateway.port());
        states = happn.on("/lights/*/state");
        device.subscribe("lights/#");
    }

    Mosquitto mosquitto;
    GatewayProcess gateway{
        {.settings = broker_settings(mosquitto, GetParam()), .mappings = {{"lights.yaml", lights}}}};
    JsClient happn{"happn-3@13.12.1"};
    MqttProbe device{mosquitto.port()};
    int states = 0;
};

TEST_P(Sync, CarriesADevicesChangeToHappnWithoutAnEcho) {
    device.publish({.topic = "lights/1/state", .payload = R"({"on":true})", .qos = 1});
    EXPECT_EQ(happn.wait_message(states).at("data").at("on"), true);
    EXPECT_EQ(device.wait_message("lights/1/state").payload,
              R"({"on":true})");  // the device's own publication
    device.publish({.topic = "lights/2/state", .payload = R"({"on":false})", .qos = 1});
    EXPECT_EQ(happn.wait_message(states).at("meta").at("path"), "/lights/2/state");
    device.wait_message("lights/2/state");
    EXPECT_TRUE(device.waiting().empty()) << "an echo came back to the device";
    EXPECT_EQ(happn.waiting_messages(states), 0U) << "an echo came back to happn";
}

TEST_P(Sync, CarriesAHappnChangeToTheDeviceWithoutAnEcho) {
    happn.set("/lights/1/state", {{"on", true}});
    EXPECT_EQ(device.wait_message("lights/1/state").payload, R"({"on":true})");
    happn.wait_message(states);  // happn's own publication
    happn.set("/lights/2/state", {{"on", false}});
    device.wait_message("lights/2/state");
    happn.wait_message(states);
    EXPECT_TRUE(device.waiting().empty());
    EXPECT_EQ(happn.waiting_messages(states), 0U);
}

TEST_P(Sync, CarriesARemoveAsAnEmptyRetainedMessageAndBack) {
    happn.set("/lights/1/state", {{"on", true}});
    device.wait_message("lights/1/state");
    happn.wait_message(states);
    happn.remove("/lights/1/state");
    EXPECT_EQ(device.wait_message("lights/1/state").payload, "");
    happn.wait_message(states);

    device.publish({.topic = "lights/2/state", .payload = "1", .qos = 1, .retained = true});
    happn.wait_message(states);
    device.publish({.topic = "lights/2/state", .payload = "", .qos = 1, .retained = true});
    EXPECT_EQ(happn.wait_message(states).at("meta").at("action"), "/REMOVE@/lights/2/state");
}

TEST_P(Sync, TakesAnEmptyMessageThatIsNotRetainedForARemoveOnlyWhereTheFlagDoesNotShow) {
    device.publish({.topic = "lights/1/state", .payload = "1", .qos = 1, .retained = true});
    happn.wait_message(states);
    device.publish({.topic = "lights/1/state", .payload = "", .qos = 1});
    device.publish({.topic = "lights/2/state", .payload = "2", .qos = 1});
    const std::string next = happn.wait_message(states).at("meta").at("action");
    EXPECT_EQ(next, GetParam() == 3 ? "/REMOVE@/lights/1/state" : "/SET@/lights/2/state");
}

class SyncWithAMesh : public testing::TestWithParam<const char*> {
protected:
    SyncWithAMesh() {
        happn.connect(mesh.port());
        states = happn.on("/lights/*/state");
        device.subscribe("lights/#");
    }

    Mosquitto mosquitto;
    JsMesh mesh{{.generation = GetParam()}};
    GatewayProcess gateway{{.settings = broker_settings(mosquitto) + mesh_settings(mesh),
                            .mappings = {{"lights.yaml", lights}}}};
    JsClient happn{happn_client_of(GetParam())};
    MqttProbe device{mosquitto.port()};
    int states = 0;
};

TEST_P(SyncWithAMesh, CarriesChangesBothWaysThroughARealHappnServerWithoutAnEcho) {
    device.publish({.topic = "lights/1/state", .payload = R"({"on":true})", .qos = 1});
    EXPECT_EQ(happn.wait_message(states).at("data").at("on"), true);
    device.wait_message("lights/1/state");  // the device's own publication
    happn.set("/lights/2/state", {{"on", false}});
    EXPECT_EQ(json::parse(device.wait_message("lights/2/state").payload), (json{{"on", false}}));
    happn.wait_message(states);  // happn's own publication
    happn.set("/lights/3/state", {{"on", true}});
    device.wait_message("lights/3/state");
    happn.wait_message(states);
    EXPECT_TRUE(device.waiting().empty()) << "an echo came back to the device";
    EXPECT_EQ(happn.waiting_messages(states), 0U) << "an echo came back to happn";
}

INSTANTIATE_TEST_SUITE_P(Generations,
                         SyncWithAMesh,
                         testing::Values("2.13.0", "5.2.1", "11.16.1", "13.1.1"),
                         [](const auto& mesh) { return name_of_version(mesh.param); });

INSTANTIATE_TEST_SUITE_P(Versions, Sync, testing::Values(3, 5), [](const auto& version) {
    return version.param == 3 ? "Mqtt311" : "Mqtt5";
});

}  // namespace
