// The peers and tools of the integration tests by themselves: when one of these fails, the gateway is not to
// blame.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/js_peer.hpp"
#include "tests/support/mosquitto.hpp"
#include "tests/support/mqtt_probe.hpp"
#include "tests/support/sum_rule.hpp"
#include "tests/support/tcp_proxy.hpp"

namespace {

using nlohmann::json;
using namespace support;

struct Pair {
    std::string generation;  // of the mesh
    std::string client;
};

void PrintTo(const Pair& pair, std::ostream* out) {
    *out << pair.client << " on " << pair.generation;
}

std::string pair_name(const testing::TestParamInfo<Pair>& info) {
    return name_of_version(info.param.client + "_on_" + info.param.generation);
}

class JsHappnPeers : public testing::TestWithParam<Pair> {};

TEST_P(JsHappnPeers, SetIsReadBackAndReachesASubscriber) {
    JsMesh mesh{{.generation = GetParam().generation}};
    JsClient client{GetParam().client};
    client.connect(mesh.port());
    const int subscription = client.on("/devices/*", "set");
    client.set("/devices/1", {{"celsius", 21.5}});
    EXPECT_EQ(client.wait_message(subscription).at("data").at("celsius"), 21.5);
    EXPECT_EQ(client.get("/devices/1").at("celsius"), 21.5);
}

TEST_P(JsHappnPeers, ReconnectsAfterItsSocketIsCutAndStillGetsPublications) {
    JsMesh mesh{{.generation = GetParam().generation}};
    JsClient client{GetParam().client};
    client.connect(mesh.port());
    const int subscription = client.on("/devices/*", "set");
    client.drop();
    client.wait_event("reconnected");
    client.set("/devices/1", {{"on", true}});
    EXPECT_EQ(client.wait_message(subscription).at("data").at("on"), true);
}

INSTANTIATE_TEST_SUITE_P(Generations,
                         JsHappnPeers,
                         testing::Values(Pair{"2.13.0", "happn-3@1.12.1"},
                                         Pair{"5.2.1", "happn-3@3.1.1"},
                                         Pair{"11.16.1", "happn-3@12.1.10"},
                                         Pair{"13.1.1", "happn-3@13.12.1"}),
                         pair_name);

class JsMeshPeers : public testing::TestWithParam<Pair> {};

TEST_P(JsMeshPeers, CallAnswersWithTheResultOrTheErrorOfTheMethod) {
    JsMesh mesh{{.generation = GetParam().generation}};
    JsClient client{GetParam().client};
    client.connect(mesh.port());
    const json expected{{"a", 1}, {"b", "two"}};
    EXPECT_EQ(client.call("componentName", "methodName", {1, "two"}), expected);
    try {
        client.call("componentName", "erroringMethodName");
        FAIL() << "erroringMethodName answered without an error";
    } catch (const JsError& error) {
        EXPECT_STREQ(error.what(), "errr");
    }
}

TEST_P(JsMeshPeers, UserOfASecureMeshIsTheOriginOfItsCalls) {
    JsMesh mesh{{.generation = GetParam().generation, .secure = true}};
    JsClient client{GetParam().client};
    client.connect(mesh.port(), {.username = "user3", .password = "pw"});
    EXPECT_EQ(client.call("componentName", "originMethod", {1}).at("origin").at("username"), "user3");
}

TEST_P(JsMeshPeers, EventOfAComponentReachesTheClient) {
    JsMesh mesh{{.generation = GetParam().generation}};
    JsClient client{GetParam().client};
    client.connect(mesh.port());
    const int subscription = client.on_event("componentName", "event/name");
    client.call("componentName", "causeEventMethod");
    EXPECT_EQ(client.wait_message(subscription).at("data").at("key"), "value");
}

INSTANTIATE_TEST_SUITE_P(Generations,
                         JsMeshPeers,
                         testing::Values(Pair{"2.13.0", "mesh-client@2.13.0"},
                                         Pair{"5.2.1", "mesh-client@5.2.1"},
                                         Pair{"5.2.1", "happner-client@2.0.0"},
                                         Pair{"11.16.1", "mesh-client@11.16.1"},
                                         Pair{"11.16.1", "happner-client@11.6.7"},
                                         Pair{"11.16.1", "light-client@11.6.7"},
                                         Pair{"13.1.1", "mesh-client@13.1.1"},
                                         Pair{"13.1.1", "happner-client@12.7.6"},
                                         Pair{"13.1.1", "light-client@12.7.6"}),
                         pair_name);

TEST(JsMeshPeer, WrongPasswordIsRefused) {
    JsMesh mesh{{.generation = "13.1.1", .secure = true}};
    JsClient client{"happn-3@13.12.1"};
    EXPECT_THROW(client.connect(mesh.port(), {.username = "tester", .password = "wrong"}), JsError);
}

TEST(JsMeshPeer, ComesBackOnItsPortAfterBeingKilled) {
    JsMesh mesh;
    JsClient client{"happn-3@13.12.1"};
    client.connect(mesh.port());
    mesh.kill();
    client.wait_event("reconnect-scheduled");
    mesh.start();
    client.wait_event("reconnected");
}

class MqttPeers : public testing::TestWithParam<int> {};

TEST_P(MqttPeers, MessagesOfEveryQosMakeTheRoundTrip) {
    Mosquitto broker;
    MqttProbe probe{broker.port(), {.version = GetParam()}};
    probe.subscribe("devices/+/telemetry", 2);
    broker.wait_for_subscription("devices/+/telemetry");
    for (const int qos : {0, 1, 2}) {
        const std::string topic = "devices/" + std::to_string(qos) + "/telemetry";
        const std::string payload{"bytes \0 of any kind", 19};
        probe.publish({.topic = topic, .payload = payload, .qos = qos});
        const auto message = probe.wait_message(topic);
        EXPECT_EQ(message.payload, payload);
        EXPECT_EQ(message.qos, qos);
    }
    EXPECT_TRUE(probe.waiting().empty());
}

INSTANTIATE_TEST_SUITE_P(Versions, MqttPeers, testing::Values(3, 5));

TEST(MqttPeer, DeviceAnswersARequestWithItsCorrelationData) {
    Mosquitto broker;
    MqttProbe probe{broker.port()};
    probe.answer("device/cmd", [](const MqttMessage& request) -> std::optional<MqttMessage> {
        return MqttMessage{.topic = request.response_topic.value_or("none"),
                           .payload = "done: " + request.payload,
                           .correlation_data = request.correlation_data,
                           .user_properties = request.user_properties};
    });
    probe.subscribe("replies/#");
    const std::string correlation{"\0\1", 2};
    probe.publish({.topic = "device/cmd",
                   .payload = "on",
                   .response_topic = "replies/1",
                   .correlation_data = correlation,
                   .user_properties = {{"a", "1"}, {"a", "2"}}});
    const auto reply = probe.wait_message("replies/1");
    EXPECT_EQ(reply.payload, "done: on");
    EXPECT_EQ(reply.correlation_data, correlation);
    EXPECT_EQ(reply.user_properties.size(), 2u);
}

TEST(MqttPeer, BrokerWithAPasswordRefusesOthersAndKeepsRetainedMessagesOverAStop) {
    Mosquitto broker{{.username = "device", .password = "secret", .persistence = true}};
    EXPECT_THROW(MqttProbe(broker.port()), WaitFailed);
    MqttProbeOptions options;
    options.username = "device";
    options.password = "secret";
    {
        MqttProbe probe{broker.port(), options};
        probe.publish({.topic = "state", .payload = "kept", .qos = 1, .retained = true});
    }
    broker.stop();
    broker.start();
    MqttProbe probe{broker.port(), options};
    probe.subscribe("state");
    EXPECT_TRUE(probe.wait_message("state").retained);
}

TEST(TcpProxyPeer, CutsStallsAndSlicesAConnection) {
    Mosquitto broker;
    TcpProxy proxy{broker.port()};
    MqttProbe probe{proxy.port()};
    EXPECT_EQ(proxy.connections(), 1u);
    proxy.slice(1);
    probe.subscribe("t");
    probe.publish({.topic = "t", .payload = "sliced"});
    EXPECT_EQ(probe.wait_message("t").payload, "sliced");
    proxy.stall();
    probe.publish({.topic = "t", .payload = "late"});
    EXPECT_TRUE(probe.waiting().empty());
    proxy.resume();
    EXPECT_EQ(probe.wait_message("t").payload, "late");
    proxy.refuse();
    EXPECT_THROW(MqttProbe(proxy.port()), WaitFailed);
    EXPECT_EQ(proxy.connections(), 0u);
}

TEST(SumRule, CountsEachRouteOfTheMetricsText) {
    const std::string metrics =
        "# TYPE happn_gateway_route_matched_total counter\n"
        "happn_gateway_route_matched_total{route=\"up\"} 7\n"
        "happn_gateway_route_outcome_total{route=\"up\",outcome=\"delivered\",reason=\"\"} 4\n"
        "happn_gateway_route_outcome_total{route=\"up\",outcome=\"dropped\",reason=\"timeout\"} 2\n"
        "happn_gateway_route_pending{route=\"up\"} 1\n";
    const auto up = route_counts(metrics).at("up");
    EXPECT_EQ(up.matched, 7u);
    EXPECT_EQ(up.outcome("delivered"), 4u);
    EXPECT_EQ(up.reasons.at("timeout"), 2u);
    EXPECT_EQ(up.ended() + up.pending, up.matched);
}

TEST(ProcessPeer, WaitForALineFailsWithWhatWasPrintedWhenTheProcessEnds) {
    Process process{{.arguments = {"sh", "-c", "echo one; exit 3"}}};
    EXPECT_EQ(process.wait(), 3);
    try {
        process.wait_for_line("two");
        FAIL() << "found a line that was never printed";
    } catch (const WaitFailed& failed) {
        EXPECT_NE(std::string{failed.what()}.find("| one"), std::string::npos);
    }
}

}  // namespace
