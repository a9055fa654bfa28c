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
      excuse:
        to: { mqtt: "devices/absent/cmd", qos: 1, body: 1, reply: auto, timeout: 200ms }
        errors: [{ name: Timeout, body: { error: "the device does not answer" } }]
      pair:
        parameters: [a, b]
        to: { answer: "{payload}" }
      measure:
        parameters: { celsius: { type: number, maximum: 35 }, days: integer, windy: boolean, place: string }
        to: { answer: "{payload}" }
)";

class RestOverTheNode : public testing::Test {
protected:
    RestOverTheNode() {
        device.answer("devices/d1/cmd", [](const MqttMessage& command) {
            return std::optional{reply_to(command, command.payload)};
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

TEST_F(RestOverTheNode, TellsOfAFailureWhatTheMethodsErrorsSay) {
    const json told{
        {"message", "Call failed"}, {"data", nullptr}, {"error", {{"error", "the device does not answer"}}}};
    EXPECT_EQ(post("/rest/method/echo/excuse", json::object(), 504), told);
}

// What follows is happner's own treatment of input (happner-2 13.1.1).

TEST_F(RestOverTheNode, TakesTheQueryOfAGetAsTexts) {
    EXPECT_EQ(get("/rest/method/echo/pair?a=1&b=two").at("data"), (json{{"a", "1"}, {"b", "two"}}));
}

TEST_F(RestOverTheNode, ReadsTheQueryOfAGetAsTheTypesThatAreDeclared) {
    const json typed{{"celsius", 21.5}, {"days", 3}, {"windy", true}, {"place", "1"}};
    EXPECT_EQ(get("/rest/method/echo/measure?celsius=21.5&days=3&windy=1&place=1").at("data"), typed);
    const std::pair<const char*, const char*> refused[] = {
        {"celsius=warm", "'celsius' must be of type number"},
        {"celsius=36", "'celsius' is above its maximum"},
        {"days=1.5", "'days' must be of type integer"},
        {"windy=soon", "'windy' must be of type boolean"}};
    for (const auto& [query, message] : refused) {
        const json answer = get("/rest/method/echo/measure?" + std::string{query}, 400);
        EXPECT_NE(answer.at("error").at("message").get<std::string>().find(message), std::string::npos)
            << answer;
    }
}

TEST_F(RestOverTheNode, ReadsNothingElseAsAnotherType) {
    const json texts{{"parameters", {{"celsius", "21.5"}}}};
    post("/rest/method/echo/measure", texts, 400);
    get("/rest/method/echo/measure?encoded_parameters=" + httplib::detail::encode_query_param(texts.dump()),
        400);
    JsClient client{"mesh-client@13.1.1"};
    client.connect(gateway.port());
    EXPECT_EQ(client.call("echo", "measure", {21.5}), (json{{"celsius", 21.5}}));
    EXPECT_THROW(client.call("echo", "measure", {"21.5"}), JsError);
}

TEST_F(RestOverTheNode, TakesEncodedParametersOfAGet) {
    const json body{{"parameters", {{"a", {{"x", 1}}}, {"b", {1, 2}}}}};
    const std::string encoded = httplib::detail::encode_query_param(body.dump());
    EXPECT_EQ(get("/rest/method/echo/pair?encoded_parameters=" + encoded).at("data"), body.at("parameters"));
    EXPECT_EQ(get("/rest/method/echo/pair?encoded_parameters=%7Bbad", 400).at("message"),
              "Failure parsing request body");
}

TEST_F(RestOverTheNode, TakesParametersByPosition) {
    const json seven_and_eight{{"a", 7}, {"b", 8}};
    EXPECT_EQ(post("/rest/method/echo/pair", {{"parameters", {7, 8}}}).at("data"), seven_and_eight);
    EXPECT_EQ(post("/rest/method/echo/pair", json::array({7, 8})).at("data"), seven_and_eight);
}

TEST_F(RestOverTheNode, KeepsFalsyValuesAndDropsUnknownOnes) {
    for (const json& falsy : {json(0), json(false), json("")}) {
        const json parameters{{"a", falsy}, {"b", 1}, {"c", 2}};
        EXPECT_EQ(post("/rest/method/echo/pair", {{"parameters", parameters}}).at("data"),
                  (json{{"a", falsy}, {"b", 1}}));
    }
}

TEST_F(RestOverTheNode, AnswersABodyThatIsNoJsonWithAPage) {
    const auto answer = gateway.http().Post("/rest/method/echo/pair", "{bad", "application/json");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 400);
    EXPECT_TRUE(answer->get_header_value("Content-Type").starts_with("text/html"));
    EXPECT_NE(answer->body.find("SyntaxError"), std::string::npos) << answer->body;
}

TEST_F(RestOverTheNode, IgnoresABodyOfAnotherContentType) {
    const auto answer =
        gateway.http().Post("/rest/method/echo/pair", R"({"parameters":[7,8]})", "text/plain");
    EXPECT_EQ(body_of(answer, 200).at("data"), json::object());
}

TEST_F(RestOverTheNode, RefusesTheSecurityComponent) {
    const json answer = post("/rest/method/security/listUsers", json::object(), 403);
    EXPECT_EQ(answer.at("message"), "Access denied");
    EXPECT_EQ(answer.at("error").at("message"), "attempt to access security component over rest");
}

TEST_F(RestOverTheNode, RefusesMoreThanFourSegments) {
    const json answer = post("/rest/method/a/b/c/d/e", json::object(), 400);
    EXPECT_EQ(answer.at("message"), "Failure parsing request body");
    EXPECT_EQ(answer.at("error").at("message"), "call path cannot have more than 4 segments");
}

/// A page of another origin cannot read an answer, but could have the call made.
TEST_F(RestOverTheNode, RefusesCallsOfWebPagesOfAnotherOrigin) {
    const auto call = [this](const httplib::Headers& headers) {
        return gateway.http().Get("/rest/method/data/set?path=planted&data=1", headers)->status;
    };
    EXPECT_EQ(call({{"Origin", "http://elsewhere.example"}}), 403);
    EXPECT_EQ(call({{"Sec-Fetch-Site", "cross-site"}}), 403);
    EXPECT_EQ(get("/rest/method/data/get?path=planted").at("data"), nullptr);
    EXPECT_EQ(call({{"Origin", "http://127.0.0.1:" + std::to_string(gateway.port())}}), 200);
}

TEST_F(RestOverTheNode, LogsAnybodyInWhileTheNodeIsInsecure) {
    const json answer = post("/rest/login", {{"username", "anybody"}, {"password", "x"}});
    EXPECT_EQ(answer.at("message"), "Logged in ok");
    EXPECT_FALSE(answer.at("data").at("token").get<std::string>().empty());
}

}  // namespace
