// Calls across all three transports: a device's MQTT 5 request reaches a method of a real mesh, and a
// JavaScript client's call reaches a component that a device serves.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/integration/end_to_end.hpp"

namespace {

using namespace support;
using nlohmann::json;

constexpr const char* request_route = R"(
version: 1
routes:
  rpc:
    from: { mqtt: "rpc/{component}/{method}" }
    to:   { call: "{component}/{method}", allow: ["componentName/*"], timeout: 5s }
)";

class MqttRequest : public testing::TestWithParam<const char*> {
protected:
    MqttMessage ask(const std::string& topic, const std::string& payload) {
        device.subscribe("answers/d1");
        device.publish({.topic = topic,
                        .payload = payload,
                        .response_topic = "answers/d1",
                        .correlation_data = std::string{"\x01\0\xff", 3}});
        return device.wait_message("answers/d1");
    }

    Mosquitto mosquitto;
    JsMesh mesh{{.generation = GetParam()}};
    GatewayProcess gateway{{.settings = broker_settings(mosquitto) + mesh_settings(mesh),
                            .mappings = {{"routes.yaml", request_route}}}};
    MqttProbe device{mosquitto.port()};
};

TEST_P(MqttRequest, IsAnsweredByAMethodOfTheMesh) {
    const MqttMessage answer = ask("rpc/componentName/methodName", R"(["one", 2])");
    EXPECT_EQ(json::parse(answer.payload), (json{{"a", "one"}, {"b", 2}}));
    EXPECT_EQ(answer.correlation_data, (std::string{"\x01\0\xff", 3}));
}

TEST_P(MqttRequest, TakesArgumentsByName) {
    const MqttMessage answer = ask("rpc/componentName/methodName", R"({"b":2,"a":"one"})");
    EXPECT_EQ(json::parse(answer.payload), (json{{"a", "one"}, {"b", 2}}));
}

TEST_P(MqttRequest, IsToldTheMethodsOwnError) {
    const MqttMessage answer = ask("rpc/componentName/erroringMethodName", "[]");
    const json error = json::parse(answer.payload).at("error");
    EXPECT_EQ(error.at("message"), "errr");
    EXPECT_EQ(error.at("code"), 418);
}

TEST_P(MqttRequest, IsRefusedOutsideTheRoutesAllowList) {
    const MqttMessage answer = ask("rpc/testTools/callCount", "[]");
    EXPECT_TRUE(json::parse(answer.payload).contains("error")) << answer.payload;
    EXPECT_EQ(gateway.route("rpc").reasons.at("allow"), 1U);
}

INSTANTIATE_TEST_SUITE_P(Generations,
                         MqttRequest,
                         testing::Values("2.13.0", "13.1.1"),
                         [](const auto& generation) { return generation.param[0] == '2' ? "G1" : "G4"; });

constexpr const char* event_route = R"(
version: 1
routes:
  events:
    from: { happn: "on /_events/TestNode/testTools/{key}" }
    to:   { mqtt: "events/{key}", qos: 1 }
)";

class MeshEvents : public testing::TestWithParam<const char*> {
protected:
    Mosquitto mosquitto;
    JsMesh mesh{{.generation = GetParam()}};
    GatewayProcess gateway{{.settings = broker_settings(mosquitto) + mesh_settings(mesh),
                            .mappings = {{"routes.yaml", event_route}}}};
    MqttProbe device{mosquitto.port()};
    JsClient caller{std::string{"mesh-client@"} + GetParam()};
};

TEST_P(MeshEvents, OfAComponentReachDevices) {
    device.subscribe("events/#");
    caller.connect(mesh.port());
    caller.call("testTools", "emitEvent", {"overheat", {{"celsius", 95}}});
    EXPECT_EQ(json::parse(device.wait_message("events/overheat").payload), (json{{"celsius", 95}}));
}

INSTANTIATE_TEST_SUITE_P(Generations,
                         MeshEvents,
                         testing::Values("2.13.0", "5.2.1", "11.16.1", "13.1.1"),
                         [](const auto& mesh) { return name_of_version(mesh.param); });

constexpr const char* client_kinds[] = {
    "mesh-client@2.13.0", "mesh-client@13.1.1", "happner-client@12.7.6", "light-client@12.7.6"};

constexpr const char* echo = R"(
version: 1
components:
  echo:
    methods:
      say:
        parameters: [value]
        to: { mqtt: "devices/d1/cmd", qos: 1, body: "{value}", reply: auto, timeout: 10s }
)";

constexpr const char* thermostat = R"(
version: 1
components:
  thermostat:
    version: 1.0.0
    description: thermostats on the field bus
    methods:
      setTarget:
        parameters: { device: { type: string, required: true }, celsius: { type: number, minimum: 5, maximum: 35 } }
        to: { mqtt: "devices/{device}/cmd/set", qos: 1, body: { target: "{celsius}" }, reply: auto, timeout: 2s }
        respond: { body: { accepted: "{answer.ok}" } }
)";

class DeviceServedComponent : public testing::TestWithParam<const char*> {
protected:
    /// A thermostat that accepts every target below 30.
    void serve(const std::string& name) {
        device.answer("devices/" + name + "/cmd/set",
                      [](const MqttMessage& command) -> std::optional<MqttMessage> {
                          const double target = json::parse(command.payload).at("target");
                          return reply_to(command, json{{"ok", target < 30}}.dump());
                      });
    }

    Mosquitto mosquitto;
    GatewayProcess gateway{
        {.settings = broker_settings(mosquitto), .mappings = {{"thermostat.yaml", thermostat}}}};
    MqttProbe device{mosquitto.port()};
    JsClient caller{GetParam()};
};

TEST_P(DeviceServedComponent, AnswersAJavaScriptCallerThroughTheDevice) {
    serve("d1");
    caller.connect(gateway.port(), {}, "gateway");
    EXPECT_EQ(caller.call("thermostat", "setTarget", {"d1", 20.5}), (json{{"accepted", true}}));
    EXPECT_EQ(caller.call("thermostat", "setTarget", {"d1", 31}), (json{{"accepted", false}}));
}

TEST_P(DeviceServedComponent, ChecksArgumentsBeforeTheDeviceSeesThem) {
    device.subscribe("devices/+/cmd/set");
    caller.connect(gateway.port(), {}, "gateway");
    EXPECT_THROW(caller.call("thermostat", "setTarget", {"d1", 99}), JsError);
    EXPECT_THROW(caller.call("thermostat", "setTarget", {"../d2", 20}), JsError);
    EXPECT_TRUE(device.waiting().empty());
    EXPECT_EQ(gateway.route("thermostat.setTarget").outcome("refused"), 2U);
}

TEST_P(DeviceServedComponent, TellsTheCallerThatTheDeviceDoesNotAnswer) {
    caller.connect(gateway.port(), {}, "gateway");
    try {
        caller.call("thermostat", "setTarget", {"absent", 20});
        FAIL() << "a call to an absent device was answered";
    } catch (const JsError& error) {
        EXPECT_EQ(error.error.at("name"), "Timeout") << error.error.dump();
    }
}

class EndpointOfAMesh : public testing::TestWithParam<const char*> {};

TEST_P(EndpointOfAMesh, ServesThatMeshsComponentsByADevice) {
    Mosquitto mosquitto;
    GatewayProcess gateway{{.settings = broker_settings(mosquitto), .mappings = {{"echo.yaml", echo}}}};
    MqttProbe device{mosquitto.port()};
    device.answer("devices/d1/cmd", [](const MqttMessage& command) {
        return std::optional{reply_to(command, command.payload)};
    });
    JsMesh mesh{{.generation = GetParam(), .endpoint = "gateway=" + std::to_string(gateway.port())}};
    JsClient caller{std::string{"mesh-client@"} + GetParam()};
    caller.connect(mesh.port());
    EXPECT_EQ(caller.call("testTools", "callEndpoint", {"gateway", "echo", "say", json::array({"hello"})}),
              "hello");
}

INSTANTIATE_TEST_SUITE_P(Generations,
                         EndpointOfAMesh,
                         testing::Values("2.13.0", "5.2.1", "11.16.1", "13.1.1"),
                         [](const auto& mesh) { return name_of_version(mesh.param); });

TEST(ManyCallersOfOneDevice, EachGetTheirOwnAnswerInWhateverOrderTheyCome) {
    constexpr int callers_of_a_kind = 3;
    constexpr int calls_of_a_caller = 5;
    Mosquitto mosquitto;
    GatewayProcess gateway{{.settings = broker_settings(mosquitto), .mappings = {{"echo.yaml", echo}}}};
    MqttProbe device{mosquitto.port()};
    device.subscribe("devices/d1/cmd");

    struct Asked {
        JsClient* caller;
        int command;
        json value;
    };
    std::vector<std::unique_ptr<JsClient>> callers;
    std::vector<Asked> asked;
    for (const char* kind : client_kinds) {
        for (int i = 0; i < callers_of_a_kind; ++i) {
            callers.push_back(std::make_unique<JsClient>(kind));
            callers.back()->connect(gateway.port(), {}, "gateway");
        }
    }
    for (int round = 0; round < calls_of_a_caller; ++round) {
        for (std::size_t i = 0; i < callers.size(); ++i) {
            const json value = std::to_string(i) + '.' + std::to_string(round);
            const int command = callers[i]->start({{"command", "call"},
                                                   {"component", "echo"},
                                                   {"method", "say"},
                                                   {"args", json::array({value})}});
            asked.push_back({callers[i].get(), command, value});
        }
    }
    std::vector<MqttMessage> commands;
    while (commands.size() < asked.size())
        commands.push_back(device.wait_message("devices/d1/cmd"));
    for (auto command = commands.rbegin(); command != commands.rend(); ++command) {
        device.publish(reply_to(*command, command->payload));
    }
    for (const Asked& one : asked)
        EXPECT_EQ(one.caller->finish(one.command).at("result"), one.value);
}

INSTANTIATE_TEST_SUITE_P(Clients,
                         DeviceServedComponent,
                         testing::ValuesIn(client_kinds),
                         [](const auto& client) {
                             std::string name;
                             for (const char c : std::string{client.param})
                                 if (std::isalnum(static_cast<unsigned char>(c))) name += c;
                             return name;
                         });

}  // namespace
