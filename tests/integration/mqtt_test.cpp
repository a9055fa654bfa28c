// The MQTT side against a real Mosquitto, for 3.1.1 and 5: what is kept of a message, overlapping routes,
// logging in, the last will, reconnecting, and calls that a device answers.
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <string>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/tcp_proxy.hpp"

namespace {

using namespace support;
using nlohmann::json;

class MqttOf : public testing::TestWithParam<int> {
protected:
    static std::string broker(std::uint16_t port, const std::string& more = "") {
        return "brokers: { local: { url: \"mqtt://127.0.0.1:" + std::to_string(port) +
               "\", version: " + std::to_string(GetParam()) + ", reconnect_min: 50ms, reconnect_max: 500ms" +
               more + " } }\nrest: { mesh: node }\n";
    }
    GatewayFiles files(const char* mapping, const std::string& more = "") const {
        return {.settings = broker(mosquitto.port(), more), .mappings = {{"routes.yaml", mapping}}};
    }
    static bool is_v5() { return GetParam() == 5; }

    Mosquitto mosquitto;
};

constexpr const char* forwarding = R"(
version: 1
routes:
  zero: { from: { mqtt: "in0/{x}", decode: bytes }, to: { mqtt: "out0/{x}" } }
  one:  { from: { mqtt: "in1/{x}", decode: bytes, qos: 1 }, to: { mqtt: "out1/{x}", qos: 1 } }
  two:  { from: { mqtt: "in2/{x}", decode: bytes, qos: 2 }, to: { mqtt: "out2/{x}", qos: 2, retain: true } }
)";

TEST_P(MqttOf, CarriesBytesAtEachQualityOfService) {
    GatewayProcess gateway{files(forwarding)};
    MqttProbe device{mosquitto.port()};
    device.subscribe("+/a", 2);
    const std::string bytes{"\0\xff{", 3};
    for (int qos = 0; qos <= 2; ++qos) {
        const std::string number = std::to_string(qos);
        device.publish({.topic = "in" + number + "/a", .payload = bytes, .qos = qos});
        const MqttMessage message = device.wait_message("out" + number + "/a");
        EXPECT_EQ(message.payload, bytes);
        EXPECT_EQ(message.qos, qos);
    }
}

TEST_P(MqttOf, LeavesRetainedMessagesForThoseWhoComeLater) {
    GatewayProcess gateway{files(forwarding)};
    MqttProbe device{mosquitto.port()};
    device.subscribe("out2/a", 2);
    device.publish({.topic = "in2/a", .payload = "kept", .qos = 2});
    device.wait_message("out2/a");
    device.subscribe("out2/+", 2);
    const MqttMessage kept = device.wait_message("out2/a");
    EXPECT_TRUE(kept.retained);
    EXPECT_EQ(kept.payload, "kept");
}

constexpr const char* overlapping = R"(
version: 1
routes:
  left:  { from: { mqtt: "a/{x}/c", qos: 1 }, to: { mqtt: "left/{x}", qos: 1 } }
  right: { from: { mqtt: "a/b/{y}", qos: 2 }, to: { mqtt: "right/{y}", qos: 1 } }
  wide:  { from: { mqtt: "a/{rest...}" }, to: { mqtt: "wide/{rest...}", qos: 1 } }
  same:  { from: { mqtt: "a/{x}/c", qos: 0 }, to: { mqtt: "same/{x}", qos: 1 } }
)";

TEST_P(MqttOf, AMessageReachesEachOfTheOverlappingRoutesOnce) {
    GatewayProcess gateway{files(overlapping)};
    MqttProbe device{mosquitto.port()};
    device.subscribe("+/#", 1);
    for (const char* payload : {"1", "2"}) {
        device.publish({.topic = "a/b/c", .payload = payload, .qos = 2});
        for (const char* topic : {"left/b", "right/c", "wide/b/c", "same/b"})
            EXPECT_EQ(device.wait_message(topic).payload, payload) << topic;
        device.wait_message("a/b/c");
    }
    EXPECT_TRUE(device.waiting().empty());
    for (const char* route : {"left", "right", "wide", "same"})
        EXPECT_EQ(gateway.route(route).matched, 2U) << route;
}

constexpr const char* retained_sources = R"(
version: 1
routes:
  all:  { from: { mqtt: "state/{x}", qos: 1 }, to: { mqtt: "all/{x}", qos: 1 } }
  live: { from: { mqtt: "state/+", qos: 1, retained: ignore }, to: { mqtt: "live", qos: 1 } }
)";

TEST_P(MqttOf, RoutesThatShareAFilterAgreeToDifferAboutRetainedMessages) {
    MqttProbe device{mosquitto.port()};
    device.subscribe("all/+");
    device.subscribe("live");
    device.publish({.topic = "state/lamp", .payload = "1", .qos = 1, .retained = true});
    GatewayProcess gateway{files(retained_sources)};
    EXPECT_EQ(device.wait_message("all/lamp").payload, "1");
    device.publish({.topic = "state/lamp", .payload = "2", .qos = 1, .retained = true});
    EXPECT_EQ(device.wait_message("live").payload, "2");
    EXPECT_EQ(device.wait_message("all/lamp").payload, "2");
    EXPECT_TRUE(device.waiting().empty());
}

TEST_P(MqttOf, LogsInWithUserNameAndPassword) {
    Mosquitto guarded{{.username = "gw", .password = "s3cret"}};
    const auto with = [&](const char* password) {
        return GatewayFiles{
            .settings = broker(guarded.port(), std::string{", username: gw, password: "} + password),
            .mappings = {{"routes.yaml", forwarding}}};
    };
    GatewayProcess welcome{with("s3cret")};
    EXPECT_TRUE(welcome.ready());
    GatewayProcess refused{with("wr0ng"), StartUntil::listening};
    EXPECT_TRUE(eventually([&] {
        std::string body = refused.readiness();
        std::ranges::transform(
            body, body.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        return body.find("not authorized") != std::string::npos;
    })) << refused.readiness();
    EXPECT_FALSE(refused.ready());
}

constexpr const char* last_will = ", will: { topic: \"gateways/one\", payload: gone, qos: 1 }";

TEST_P(MqttOf, TheLastWillIsPublishedWhenTheConnectionBreaks) {
    TcpProxy proxy{mosquitto.port()};
    MqttProbe device{mosquitto.port()};
    device.subscribe("gateways/one");
    GatewayProcess gateway{
        {.settings = broker(proxy.port(), last_will), .mappings = {{"routes.yaml", forwarding}}}};
    proxy.cut();
    EXPECT_EQ(device.wait_message("gateways/one").payload, "gone");
    gateway.wait_until_ready();
}

TEST_P(MqttOf, TheLastWillIsNotPublishedWhenTheGatewayStops) {
    MqttProbe device{mosquitto.port()};
    device.subscribe("gateways/#");
    GatewayProcess gateway{files(forwarding, last_will)};
    gateway.stop();
    device.publish({.topic = "gateways/mark", .payload = "1", .qos = 1});
    device.wait_message("gateways/mark");
    EXPECT_TRUE(device.waiting().empty());
}

TEST_P(MqttOf, ABrokerThatComesBackIsFoundAndSubscribedToAgain) {
    GatewayProcess gateway{files(forwarding)};
    for (int times = 0; times < 2; ++times) {
        mosquitto.kill();
        gateway.wait_until_ready(false);
        EXPECT_NE(gateway.readiness().find("local"), std::string::npos) << gateway.readiness();
        mosquitto.start();
        gateway.wait_until_ready();
        MqttProbe device{mosquitto.port()};
        device.subscribe("out1/a");
        device.publish({.topic = "in1/a", .payload = "again", .qos = 1});
        EXPECT_EQ(device.wait_message("out1/a").payload, "again");
    }
}

TEST_P(MqttOf, MessagesSentWhileTheConnectionWasBrokenArriveInItsSession) {
    TcpProxy proxy{mosquitto.port()};
    MqttProbe device{mosquitto.port()};
    device.subscribe("out1/a");
    GatewayProcess gateway{
        {.settings = broker(proxy.port(), ", client_id: one"), .mappings = {{"routes.yaml", forwarding}}}};
    proxy.refuse();
    gateway.wait_until_ready(false);
    device.publish({.topic = "in1/a", .payload = "meanwhile", .qos = 1});
    proxy.accept();
    EXPECT_EQ(device.wait_message("out1/a").payload, "meanwhile");
}

INSTANTIATE_TEST_SUITE_P(Versions, MqttOf, testing::Values(3, 5), [](const auto& version) {
    return version.param == 5 ? "Five" : "ThreeOneOne";
});

// --- calls to devices -----------------------------------------------------------------------------

constexpr const char* device_methods = R"(
version: 1
components:
  device:
    methods:
      topic:
        parameters: [name, value]
        to:
          mqtt: "cmd/{name}/topic"
          qos: 1
          body: { call: "{call.id}", value: "{value}" }
          reply: { topic: "rsp/{name}/{call.id}" }
          timeout: 5s
      payload:
        parameters: [name, value]
        to:
          mqtt: "cmd/{name}/payload"
          qos: 1
          body: { seq: "{call.id}", value: "{value}" }
          reply: { topic: "rsp/{name}", id: "{payload.seq}" }
          timeout: 5s
      turns:
        parameters: [name, value]
        to: { mqtt: "cmd/{name}/turns", qos: 1, body: "{value}", reply: { topic: "rsp/{name}/turns", concurrency: 1 }, timeout: 5s }
)";

class DeviceCallsOf : public MqttOf {
protected:
    std::future<httplib::Result> call(const char* method, int value) {
        return std::async(std::launch::async, [this, method, value] {
            const json body{{"parameters", {{"name", "d1"}, {"value", value}}}};
            return gateway.http().Post(
                std::string{"/rest/method/device/"} + method, body.dump(), "application/json");
        });
    }
    static json data_of(const httplib::Result& answer) {
        return answer ? json::parse(answer->body).value("data", json{}) : json{};
    }

    GatewayProcess gateway{files(device_methods)};
    MqttProbe device{mosquitto.port(), {.version = GetParam()}};
};

TEST_P(DeviceCallsOf, AnswersComeByTopicsOfTheirOwnWhenTheseHoldTheId) {
    device.subscribe("cmd/#");
    auto first = call("topic", 1);
    const json request_1 = json::parse(device.wait_message("cmd/d1/topic").payload);
    auto second = call("topic", 2);
    const json request_2 = json::parse(device.wait_message("cmd/d1/topic").payload);
    device.publish({.topic = "rsp/d1/" + request_2.at("call").get<std::string>(), .payload = "20", .qos = 1});
    device.publish({.topic = "rsp/d1/" + request_1.at("call").get<std::string>(), .payload = "10", .qos = 1});
    EXPECT_EQ(data_of(first.get()), 10);
    EXPECT_EQ(data_of(second.get()), 20);
}

TEST_P(DeviceCallsOf, AnswersInAnyOrderWhenThePayloadHoldsTheId) {
    device.subscribe("cmd/#");
    auto first = call("payload", 1);
    const json request_1 = json::parse(device.wait_message("cmd/d1/payload").payload);
    auto second = call("payload", 2);
    const json request_2 = json::parse(device.wait_message("cmd/d1/payload").payload);
    for (const json& request : {request_2, request_1}) {
        const json reply{{"seq", request.at("seq")}, {"twice", request.at("value").get<int>() * 2}};
        device.publish({.topic = "rsp/d1", .payload = reply.dump(), .qos = 1});
    }
    EXPECT_EQ(data_of(first.get()).value("twice", 0), 2);
    EXPECT_EQ(data_of(second.get()).value("twice", 0), 4);
}

TEST_P(DeviceCallsOf, TakesTurnsWhereAnswersCannotBeToldApart) {
    device.subscribe("cmd/#");
    auto first = call("turns", 1);
    EXPECT_EQ(device.wait_message("cmd/d1/turns").payload, "1");
    auto second = call("turns", 2);
    // The second call is with the gateway once a third, on another topic, has come through after it.
    auto third = call("payload", 3);
    const json request_3 = json::parse(device.wait_message("cmd/d1/payload").payload);
    device.publish({.topic = "rsp/d1/turns", .payload = "10", .qos = 1});
    EXPECT_EQ(data_of(first.get()), 10);
    EXPECT_EQ(device.wait_message("cmd/d1/turns").payload, "2");
    device.publish({.topic = "rsp/d1/turns", .payload = "20", .qos = 1});
    EXPECT_EQ(data_of(second.get()), 20);
    device.publish({.topic = "rsp/d1", .payload = json{{"seq", request_3.at("seq")}}.dump(), .qos = 1});
    third.get();
}

TEST_P(DeviceCallsOf, AreAnsweredWhileTheGatewayDrains) {
    device.subscribe("cmd/#");
    auto late = call("topic", 1);
    const json request = json::parse(device.wait_message("cmd/d1/topic").payload);
    auto stopped = std::async(std::launch::async, [&] { gateway.stop(InFlight::something); });
    gateway.process().wait_for_line("draining");
    device.publish({.topic = "rsp/d1/" + request.at("call").get<std::string>(), .payload = "10", .qos = 1});
    EXPECT_EQ(data_of(late.get()), 10);
    stopped.get();
}

TEST_P(DeviceCallsOf, FailAtOnceWhenTheBrokerGoes) {
    device.subscribe("cmd/#");
    const auto started = Clock::now();
    auto unanswered = call("turns", 1);
    device.wait_message("cmd/d1/turns");
    mosquitto.kill();
    const auto answer = unanswered.get();
    ASSERT_TRUE(answer);
    EXPECT_LT(Clock::now() - started, std::chrono::seconds{5}) << "it waited for its deadline";
    EXPECT_EQ(answer->status, 504) << "nobody knows whether the device has done it";
    EXPECT_NE(answer->body.find("no answer has come before the connection"), std::string::npos)
        << answer->body;
    gateway.wait_until_ready(false);
    const auto refused = call("turns", 2).get();
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, 503);
    EXPECT_NE(refused->body.find("not connected"), std::string::npos) << refused->body;
}

INSTANTIATE_TEST_SUITE_P(Versions, DeviceCallsOf, testing::Values(3, 5), [](const auto& version) {
    return version.param == 5 ? "Five" : "ThreeOneOne";
});

// --- requests of devices --------------------------------------------------------------------------

constexpr const char* requests = R"(
version: 1
routes:
  echo:
    from: { mqtt: "ask/{who}", qos: 1 }
    to:   { answer: { who: "{who}", said: "{payload}" } }
    respond: { user: { served_by: "{gateway.name}" } }
  forward:
    from: { mqtt: "forward/{who}", qos: 1 }
    to:   { mqtt: "forwarded/{who}", qos: 1 }
  missing:
    from: { mqtt: "missing/{who}", qos: 1 }
    to:   { call: "nobody/nothing", mesh: node }
)";

class MqttRequests : public testing::Test {
protected:
    MqttMessage ask(const std::string& topic, const std::string& payload) {
        device.publish({.topic = topic,
                        .payload = payload,
                        .qos = 1,
                        .response_topic = "answers/d1",
                        .correlation_data = std::string{"\x01\0", 2}});
        return device.wait_message("answers/d1");
    }
    static std::string property(const MqttMessage& message, const std::string& wanted) {
        for (const auto& [name, value] : message.user_properties) {
            if (name == wanted) return value;
        }
        return {};
    }

    MqttRequests() { device.subscribe("answers/d1"); }

    Mosquitto mosquitto;
    GatewayProcess gateway{{.settings = broker_settings(mosquitto), .mappings = {{"routes.yaml", requests}}}};
    MqttProbe device{mosquitto.port()};
};

TEST_F(MqttRequests, AreAnsweredOnTheirResponseTopic) {
    const MqttMessage answer = ask("ask/d1", "[1]");
    EXPECT_EQ(json::parse(answer.payload), (json{{"who", "d1"}, {"said", {1}}}));
    EXPECT_EQ(answer.correlation_data, (std::string{"\x01\0", 2}));
    EXPECT_EQ(answer.content_type, "application/json");
    EXPECT_EQ(answer.qos, 1);
    EXPECT_FALSE(property(answer, "served_by").empty());
}

TEST_F(MqttRequests, AreToldWhatIsWrongWithThem) {
    const MqttMessage answer = ask("ask/d1", "{not json");
    EXPECT_EQ(property(answer, "error"), "BadRequest");
    EXPECT_EQ(json::parse(answer.payload).at("error").at("name"), "BadRequest");
    EXPECT_EQ(property(answer, "reason"), json::parse(answer.payload).at("error").at("message"));
}

TEST_F(MqttRequests, AreToldThatNothingAnswersTheCall) {
    EXPECT_FALSE(property(ask("missing/d1", "[]"), "error").empty());
}

TEST_F(MqttRequests, ACredentialInAUserPropertyIsNotPassedOn) {
    device.subscribe("forwarded/d1");
    device.publish(
        {.topic = "forward/d1", .payload = "1", .qos = 1, .user_properties = {{"happn_token", "s3cret"}}});
    const MqttMessage message = device.wait_message("forwarded/d1");
    EXPECT_EQ(property(message, "happn_token"), "");
    for (const auto& [name, value] : message.user_properties)
        EXPECT_NE(value, "s3cret") << name;
}

TEST_F(MqttRequests, CannotHaveTheirAnswerPublishedToAFilter) {
    device.publish({.topic = "ask/d1", .payload = "1", .qos = 1, .response_topic = "$SYS/answers"});
    EXPECT_FALSE(ask("ask/d1", "2").payload.empty());
    EXPECT_NE(gateway.metrics().find("happn_gateway_mqtt_bad_response_topics_total 1"), std::string::npos);
}

}  // namespace
