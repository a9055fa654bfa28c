// Calls of the gateway's own components by routes: a payload is arguments by name or by position, whatever it
// came with.
#include <gtest/gtest.h>

#include <string>

#include "tests/integration/end_to_end.hpp"

namespace {

using namespace support;
using nlohmann::json;

constexpr const char* weather = R"(
version: 1
components:
  weather:
    methods:
      forecast:
        parameters: { city: { type: string, required: true } }
        to: { answer: { city: "{city}" } }
      list:
        parameters: { country: string, limit: integer }
        to: { answer: { limit: "{limit|default(10)}" } }
routes:
  rpc:
    from: { mqtt: "rpc/{component}/{method}" }
    to:   { call: "{component}/{method}", allow: ["weather/*"], timeout: 5s }
  posted:
    from: { http: "POST /{method:slug}" }
    to:   { call: "weather/{method}", allow: ["weather/*"] }
  named:
    from: { http: "GET /forecast/{city:slug}" }
    to:   { call: "weather/forecast", args: { city: "{city}" } }
)";

class CallOfAnOwnComponent : public testing::Test {
protected:
    json ask(const std::string& method, const std::string& payload) {
        device.publish({.topic = "rpc/weather/" + method,
                        .payload = payload,
                        .response_topic = "answers/d1",
                        .correlation_data = "1"});
        return json::parse(device.wait_message("answers/d1").payload);
    }
    json post(const std::string& method, const std::string& body) {
        const auto answer = gateway.http().Post("/" + method, body, "application/json");
        if (!answer) throw WaitFailed(httplib::to_string(answer.error()));
        return json::parse(answer->body);
    }

    Mosquitto mosquitto;
    GatewayProcess gateway{{.settings = broker_settings(mosquitto), .mappings = {{"weather.yaml", weather}}}};
    MqttProbe device{mosquitto.port()};
};

TEST_F(CallOfAnOwnComponent, TakesThePayloadOfAnMqttRequest) {
    const json bern{{"city", "Bern"}};
    device.subscribe("answers/d1");
    EXPECT_EQ(ask("forecast", R"({"city":"Bern"})"), bern);
    EXPECT_EQ(ask("forecast", R"(["Bern"])"), bern);
    EXPECT_EQ(ask("list", R"({"limit":3})"), (json{{"limit", 3}}));
    EXPECT_EQ(ask("list", "{}"), (json{{"limit", 10}}));
    const json missing = ask("forecast", "{}");
    EXPECT_EQ(missing.at("error").at("name"), "BadRequest") << missing;
}

TEST_F(CallOfAnOwnComponent, TakesTheBodyOfAnHttpRequest) {
    EXPECT_EQ(post("forecast", R"({"city":"Bern"})"), (json{{"city", "Bern"}}));
    EXPECT_EQ(post("list", "{}"), (json{{"limit", 10}}));
    EXPECT_EQ(post("forecast", "{}").at("status"), 400);
}

TEST_F(CallOfAnOwnComponent, TakesTheArgsOfItsRoute) {
    const auto answer = gateway.http().Get("/forecast/bern");
    ASSERT_TRUE(answer);
    EXPECT_EQ(json::parse(answer->body), (json{{"city", "bern"}}));
}

}  // namespace
