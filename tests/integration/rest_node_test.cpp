// Happner's REST surface in front of the gateway's own node (`rest: { mesh: node }`), with a component that a
// device serves.
#include <gtest/gtest.h>

#include <string>

#include "tests/integration/end_to_end.hpp"

namespace {

using namespace support;
using nlohmann::json;

constexpr const char* echo = R"(
version: 1
components:
  echo:
    methods:
      say:
        parameters: [value]
        to: { mqtt: "devices/d1/cmd", qos: 1, body: "{value}", reply: auto, timeout: 10s }
      vanish:
        to: { mqtt: "devices/absent/cmd", qos: 1, body: 1, reply: auto, timeout: 200ms }
)";

class RestOverTheNode : public testing::Test {
protected:
    RestOverTheNode() {
        device.answer("devices/d1/cmd", [](const MqttMessage& command) -> std::optional<MqttMessage> {
            return MqttMessage{.topic = command.response_topic.value(),
                               .payload = command.payload,
                               .qos = 1,
                               .correlation_data = command.correlation_data};
        });
    }

    static json body_of(const httplib::Result& result, int status) {
        if (!result) throw WaitFailed(httplib::to_string(result.error()));
        EXPECT_EQ(result->status, status) << result->body;
        return json::parse(result->body);
    }
    json get(const std::string& target, int status = 200) {
        return body_of(gateway.http().Get(target), status);
    }
    json post(const std::string& target, const json& body, int status = 200) {
        return body_of(gateway.http().Post(target, body.dump(), "application/json"), status);
    }

    Mosquitto mosquitto;
    GatewayProcess gateway{{.settings = broker_settings(mosquitto), .mappings = {{"echo.yaml", echo}}}};
    MqttProbe device{mosquitto.port()};
};

TEST_F(RestOverTheNode, DescribesTheMethodsOfMappingFiles) {
    const json described = get("/rest/describe");
    EXPECT_EQ(described.at("message"), "gateway description");
    EXPECT_EQ(described.at("error"), nullptr);
    const json say{{"uri", "/echo/say"}, {"parameters", {{"value", "{{value}}"}}}};
    EXPECT_EQ(described.at("data").at("/echo/say"), say);
    EXPECT_TRUE(described.at("data").contains("/echo/vanish"));
}

TEST_F(RestOverTheNode, CallsThemByPostAndGetWithAndWithoutTheNodesName) {
    const json answered{{"message", "Call successful"}, {"data", 7}, {"error", nullptr}};
    EXPECT_EQ(post("/rest/method/echo/say", {{"parameters", {{"value", 7}}}}), answered);
    EXPECT_EQ(post("/rest/method/gateway/echo/say", {{"parameters", {{"value", 7}}}}), answered);
    EXPECT_EQ(get("/rest/method/echo/say?value=7").at("message"), "Call successful");
}

TEST_F(RestOverTheNode, RefusesAnotherMeshsName) {
    const json answer = post("/rest/method/elsewhere/echo/say", {{"parameters", {{"value", 7}}}}, 403);
    EXPECT_EQ(answer.at("message"), "Access denied");
    EXPECT_EQ(answer.at("data"), nullptr);
    EXPECT_EQ(answer.at("error").at("message"), "attempt to access remote mesh: elsewhere");
}

TEST_F(RestOverTheNode, TellsWhatDoesNotExist) {
    const json method = post("/rest/method/echo/shout", json::object(), 404);
    EXPECT_EQ(method.at("message"), "Failure parsing request body");
    EXPECT_EQ(method.at("error").at("message"), "method shout does not exist on component echo");
    const json component = post("/rest/method/nobody/say", json::object(), 404);
    EXPECT_EQ(component.at("error").at("message"), "component nobody does not exist on mesh");
}

TEST_F(RestOverTheNode, EndsACallThatIsNeverAnsweredWith504) {
    const json answer = post("/rest/method/echo/vanish", json::object(), 504);
    EXPECT_EQ(answer.at("message"), "Call failed");
    EXPECT_EQ(answer.at("error").at("name"), "Timeout");
}

TEST_F(RestOverTheNode, LogsAnybodyInWhileTheNodeIsInsecure) {
    const json answer = post("/rest/login", {{"username", "anybody"}, {"password", "x"}});
    EXPECT_EQ(answer.at("message"), "Logged in ok");
    EXPECT_FALSE(answer.at("data").at("token").get<std::string>().empty());
}

}  // namespace
