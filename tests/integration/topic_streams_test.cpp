// Streams of MQTT topics behind HTTP requests, from a real Mosquitto, over MQTT 5 and 3.1.1: what is
// published and what is retained, shared and overlapping filters, refusals, outages, and the end.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

#include "tests/integration/curl.hpp"
#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/raw_client.hpp"

namespace {

using namespace support;
using nlohmann::json;

constexpr const char* routes = R"(
version: 1
routes:
  room:
    from: { http: "GET /rooms/{room}" }
    to: { stream: { mqtt: "rooms/{room}/{*sensor}", qos: 1 }, heartbeat: 1s }
    respond: { body: { room: "{room}", sensor: "{sensor}", value: "{answer}" } }
  all:
    from: { http: "GET /all" }
    to: { stream: { mqtt: "rooms/{*rest...}" }, heartbeat: 1s }
    respond: { body: { rest: "{rest}", value: "{answer}" } }
  known:
    from: { http: "GET /known/{room}" }
    to: { stream: { mqtt: "rooms/{room}/+", on_empty: remove }, initial: true, heartbeat: 1s }
  words:
    from: { http: "GET /words" }
    to: { stream: { mqtt: "words/#", decode: text }, heartbeat: 1s }
  kept:
    from: { mqtt: "rooms/+/+" }
    to: { happn: "set /kept" }
  elsewhere:
    from: { http: "GET /secrets" }
    to: { stream: { mqtt: "secrets/#" } }
)";

/// Opened: what is published from now on, it gets.
class Reader : public Curl {
public:
    Reader(const GatewayProcess& gateway, const std::string& path) : Curl{gateway, path, {"-i"}} {
        wait_for("HTTP/1.1 200");
    }
};

class TopicStreams : public testing::TestWithParam<int> {
protected:
    void publish(const std::string& topic, const std::string& payload, bool retained = false) {
        probe().publish({.topic = topic, .payload = payload, .qos = 1, .retained = retained});
    }
    MqttProbe& probe() {
        if (!probe_) probe_.emplace(mosquitto.port());
        return *probe_;
    }
    static json of(const std::string& room, const std::string& sensor, const json& value) {
        return {{"room", room}, {"sensor", sensor}, {"value", value}};
    }

    Mosquitto mosquitto;
    GatewayProcess gateway{{.settings = broker_settings(mosquitto, GetParam()) + "node: { enabled: true }\n",
                            .mappings = {{"streams.yaml", routes}}}};
    std::optional<MqttProbe> probe_;
};

INSTANTIATE_TEST_SUITE_P(Versions, TopicStreams, testing::Values(5, 3), testing::PrintToStringParamName());

TEST_P(TopicStreams, BringWhatIsPublishedWithWhatItsTopicCaptures) {
    Reader events{gateway, "/rooms/r1"};
    publish("rooms/r2/co2", "1");
    publish("rooms/r1/co2", "410");
    publish("rooms/r1/heat", R"({"celsius": 21.50})");
    EXPECT_EQ(events.next_data(), of("r1", "co2", 410));
    EXPECT_EQ(events.next_data(), of("r1", "heat", {{"celsius", 21.5}}));
    events.wait_for(":");  // a sign of life
}

TEST_P(TopicStreams, RefuseWhatWouldWidenTheirFilter) {
    for (const char* room : {"%2B", "%23", "a%2Fb", "+", "%24SYS%2Fx"})
        EXPECT_EQ(gateway.http().Get(std::string{"/rooms/"} + room)->status / 100, 4) << room;
}

TEST_P(TopicStreams, OfOneFilterShareItsSubscriptionWhichTheLastLeaves) {
    {
        Reader first{gateway, "/rooms/r1"};
        {
            Reader second{gateway, "/rooms/r1"};
            publish("rooms/r1/co2", "1");
            EXPECT_EQ(first.next_data(), of("r1", "co2", 1));
            EXPECT_EQ(second.next_data(), of("r1", "co2", 1));
        }
        EXPECT_TRUE(eventually([&] { return gateway.route("room").pending == 1; }));
        publish("rooms/r1/co2", "2");
        EXPECT_EQ(first.next_data(), of("r1", "co2", 2));
    }
    mosquitto.process().wait_for_line("-streams rooms/r1/+");  // UNSUBSCRIBE; SUBSCRIBE has the QoS between
}

TEST_P(TopicStreams, OfOverlappingFiltersGetEachMessageOnce) {
    Reader room{gateway, "/rooms/r1"};
    Reader all{gateway, "/all"};
    Reader other{gateway, "/rooms/r2"};
    for (int n = 1; n <= 3; ++n)
        publish("rooms/r1/co2", std::to_string(n));
    for (int n = 1; n <= 3; ++n) {
        EXPECT_EQ(room.next_data(), of("r1", "co2", n));
        EXPECT_EQ(all.next_data(), (json{{"rest", "r1/co2"}, {"value", n}}));
    }
    publish("rooms/r2/co2", "4");
    EXPECT_EQ(other.next_data(), of("r2", "co2", 4));
}

TEST_P(TopicStreams, BeginWithRetainedMessagesForWhoAsksAndForNobodyTwice) {
    publish("rooms/r1/co2", "1", true);
    EXPECT_TRUE(eventually([&] { return gateway.route("kept").matched == 1; }));
    Reader first{gateway, "/known/r1"};
    EXPECT_EQ(first.next_data(), 1);
    Reader plain{gateway, "/rooms/r1"};
    Reader second{gateway, "/known/r1"};
    EXPECT_EQ(second.next_data(), 1);
    publish("rooms/r1/co2", "2");
    for (Reader* known : {&first, &second})
        EXPECT_EQ(known->next_data(), 2) << "and nothing before it again";
    EXPECT_EQ(plain.next_data(), of("r1", "co2", 2)) << "and no retained message before it";
    EXPECT_TRUE(eventually([&] { return gateway.route("kept").matched == 2; }));
    EXPECT_EQ(gateway.route("kept").matched, 2U) << "routes hear nothing of readers";
}

TEST_P(TopicStreams, TellOfAClearedTopicAsARemoveWhereTheRouteSaysSo) {
    Reader events{gateway, "/known/r1"};
    publish("rooms/r1/co2", "", true);
    events.wait_for("event: remove");
    EXPECT_EQ(events.next_data(), (json{{"removed", 1}}));
}

TEST_P(TopicStreams, BringWhatIsNoJsonAsTheRouteDecodesIt) {
    Reader events{gateway, "/words"};
    publish("words/a", "warm \"and\" dry");
    EXPECT_EQ(events.next_data(), "warm \"and\" dry");
}

TEST_P(TopicStreams, AreLinesForWhoAsksForLines) {
    Curl lines{gateway, "/rooms/r1", {"-i", "-H", "Accept: application/x-ndjson"}};
    lines.wait_for("Content-Type: application/x-ndjson");
    publish("rooms/r1/co2", "410");
    publish("rooms/r1/co2", "455");
    EXPECT_EQ(lines.next_data(), of("r1", "co2", 410));
    EXPECT_EQ(lines.next_data(), of("r1", "co2", 455));
    mosquitto.stop();
    gateway.wait_until_ready(false);
    mosquitto.start();
    EXPECT_EQ(lines.next_data(), (json{{"event", "lagged"}, {"dropped", nullptr}}));
    gateway.wait_until_ready();
}

TEST_P(TopicStreams, AreMessagesOfAWebsocket) {
    RawClient reader{gateway.port()};
    reader.send("GET /known/r1 HTTP/1.1\r\nHost: gateway\r\n" + websocket_upgrade + "\r\n");
    EXPECT_TRUE(reader.read_until("\r\n\r\n").starts_with("HTTP/1.1 101 "));
    const auto told = [](std::string_view text) {  // a frame of the server's: short, and without a mask
        return std::string{'\x81', static_cast<char>(text.size())}.append(text);
    };
    const std::string item = R"({"celsius": 21.50})";
    publish("rooms/r1/heat", item);
    publish("rooms/r1/heat", "", true);
    const std::string seen = reader.read_until(told(R"({"removed":1})"));
    EXPECT_NE(seen.find(told(item) + told(R"({"removed":1})")), std::string::npos) << seen;
    gateway.stop(InFlight::something);
    EXPECT_NE(reader.read_to_end().find(R"({"event":"closed")"), std::string::npos);
}

TEST_P(TopicStreams, OutliveAnOutageOfTheBrokerAndTellOfTheGap) {
    Reader events{gateway, "/rooms/r1"};
    mosquitto.stop();
    gateway.wait_until_ready(false);
    const auto refused = gateway.http().Get("/rooms/r1");
    EXPECT_EQ(refused->status, 503);
    EXPECT_TRUE(refused->has_header("Retry-After"));
    mosquitto.start();
    events.wait_for("event: lagged");
    events.wait_for(R"(data: {"dropped":null})");
    publish("rooms/r1/co2", "1");
    json told = events.next_data();
    if (told.contains("dropped")) told = events.next_data();
    EXPECT_EQ(told, of("r1", "co2", 1));
    gateway.wait_until_ready();
}

TEST_P(TopicStreams, EndWhenTheGatewayStopsAndSaySo) {
    Reader events{gateway, "/rooms/r1"};
    gateway.stop(InFlight::something);
    EXPECT_EQ(events.wait(), 0) << "the last chunk has come";
    events.wait_for("event: closed");
}

/// Mosquitto's acl_file grants what it never delivers; its plugin for security refuses.
std::string forbidding_secrets(const TemporaryDirectory& directory) {
    const json everything{{"publishClientSend", true},
                          {"publishClientReceive", true},
                          {"subscribe", true},
                          {"unsubscribe", true}};
    const json no_secrets{{"acltype", "subscribePattern"}, {"topic", "secrets/#"}, {"allow", false}};
    const json role{{"rolename", "reader"}, {"acls", {no_secrets}}};
    const json group{{"groupname", "anonymous"}, {"roles", {{{"rolename", "reader"}}}}};
    const json security{{"defaultACLAccess", everything},
                        {"clients", json::array()},
                        {"groups", {group}},
                        {"roles", {role}},
                        {"anonymousGroup", "anonymous"}};
    return "plugin /usr/lib/x86_64-linux-gnu/mosquitto_dynamic_security.so\nplugin_opt_config_file " +
           directory.write("security.json", security.dump()).string();
}

class ForbiddenTopicStreams : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Versions,
                         ForbiddenTopicStreams,
                         testing::Values(5, 3),
                         testing::PrintToStringParamName());

TEST_P(ForbiddenTopicStreams, AreA403BeforeTheyOpen) {
    TemporaryDirectory directory;
    Mosquitto mosquitto{{.more = forbidding_secrets(directory)}};
    GatewayProcess gateway{{.settings = broker_settings(mosquitto, GetParam()) + "node: { enabled: true }\n",
                            .mappings = {{"streams.yaml", routes}}}};
    EXPECT_EQ(gateway.http().Get("/secrets")->status, 403);
    Reader allowed{gateway, "/rooms/r1"};
}

}  // namespace
