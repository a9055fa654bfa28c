// Two-way routes after a gap: what both ends hold is compared, and brought together.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/tcp_proxy.hpp"
#include "tests/support/temporary_directory.hpp"

namespace {

using namespace support;
using nlohmann::json;

std::string lights(const std::string& rule) {
    return R"(
version: 1
routes:
  lights:
    sync:
      a: { mqtt: "lights/{id}", qos: 1, retain: true }
      b: { happn: "/lights/{id}" }
)" + rule;
}

std::uint64_t counter(const GatewayProcess& gateway, const std::string& name) {
    const std::string text = gateway.metrics();
    const std::string line = "\nhappn_gateway_" + name + "_total ";
    const auto at = text.find(line);
    return at == std::string::npos ? 0 : std::stoull(text.substr(at + line.size()));
}

/// A gateway between a broker, which it may lose, and a real mesh.
class Resync : public testing::TestWithParam<int> {
protected:
    Resync() { happn.connect(mesh.port()); }

    void start(const std::string& rule, StartUntil until = StartUntil::ready) {
        const std::string settings =
            "brokers: { local: { url: \"tcp://127.0.0.1:" + std::to_string(way_to_broker.port()) +
            "\", version: " + std::to_string(GetParam()) +
            ", session_expiry: 0s, reconnect_min: 50ms, reconnect_max: 100ms } }\n" + mesh_settings(mesh);
        gateway = std::make_unique<GatewayProcess>(
            GatewayFiles{.settings = settings, .mappings = {{"lights.yaml", lights(rule)}}}, until);
    }
    void device_says(const std::string& id, const std::string& payload) {
        device.publish({.topic = "lights/" + id, .payload = payload, .qos = 1, .retained = true});
    }
    json stored(const std::string& id) {
        json item = happn.get("/lights/" + id);
        if (item.is_object()) item.erase("_meta");
        return item;
    }
    std::string retained(const std::string& id) {
        device.subscribe("lights/" + id);
        return device.wait_message("lights/" + id).payload;
    }
    void wait_compared(std::uint64_t values) {
        ASSERT_TRUE(eventually([&] { return counter(*gateway, "sync_compared") >= values; }))
            << gateway->metrics();
    }
    /// Until what goes both ways has come by.
    void pass_a_mark() {
        const int marks = happn.on("/lights/mark-a");
        device_says("mark-a", R"({"n":1})");
        happn.wait_message(marks);
        device.subscribe("lights/mark-b");
        happn.set("/lights/mark-b", {{"n", 1}});
        device.wait_message("lights/mark-b");
    }
    void lose_the_broker() {
        way_to_broker.refuse();
        gateway->wait_until_ready(false);
    }
    void find_the_broker() {
        way_to_broker.accept();
        gateway->wait_until_ready();
    }

    Mosquitto mosquitto;
    TcpProxy way_to_broker{mosquitto.port()};
    JsMesh mesh;
    JsClient happn{"happn-3@13.12.1"};
    MqttProbe device{mosquitto.port()};
    std::unique_ptr<GatewayProcess> gateway;
};

TEST_P(Resync, AtTheStartEachEndIsBroughtWhatItMisses) {
    device_says("1", R"({"on":true})");
    happn.set("/lights/2", {{"on", false}});
    device_says("3", R"({ "on": true })");
    happn.set("/lights/3", {{"on", true}});
    start("    resync: on_reconnect\n");
    wait_compared(3);
    ASSERT_TRUE(eventually([&] { return stored("1") == json{{"on", true}}; }));
    EXPECT_EQ(json::parse(retained("2")), (json{{"on", false}}));
    pass_a_mark();
    EXPECT_EQ(retained("3"), R"({ "on": true })") << "the same value, written in another way, was carried";
    EXPECT_EQ(gateway->route("lights.a_to_b").outcome("delivered"), 2U);  // with the mark
    EXPECT_EQ(gateway->route("lights.b_to_a").outcome("delivered"), 2U);
}

TEST_P(Resync, ThePreferredEndWins) {
    device_says("1", R"({"on":true})");
    happn.set("/lights/1", {{"on", false}});
    start("    prefer: b\n    resync: on_reconnect\n");
    wait_compared(1);
    ASSERT_TRUE(eventually([&] { return gateway->route("lights.b_to_a").outcome("delivered") == 1; }));
    EXPECT_EQ(json::parse(retained("1")), (json{{"on", false}}));
    EXPECT_EQ(stored("1"), (json{{"on", false}}));
}

TEST_P(Resync, TheNewestWinsByItsOwnWord) {
    device_says("1", R"({"on":true,"ts":200})");
    happn.set("/lights/1", {{"on", false}, {"ts", 100}});
    device_says("2", R"({"on":true,"ts":100})");
    happn.set("/lights/2", {{"on", false}, {"ts", 200}});
    start("    newest_by: \"{payload.ts}\"\n    resync: on_reconnect\n");
    wait_compared(2);
    ASSERT_TRUE(eventually([&] { return stored("1") == json{{"on", true}, {"ts", 200}}; }));
    pass_a_mark();
    EXPECT_EQ(json::parse(retained("2")), (json{{"on", false}, {"ts", 200}}));
}

TEST_P(Resync, WithoutAWordAtTheStartBothStay) {
    device_says("1", R"({"on":true})");
    happn.set("/lights/1", {{"on", false}});
    start("    resync: on_reconnect\n");
    wait_compared(1);
    pass_a_mark();
    EXPECT_EQ(stored("1"), (json{{"on", false}}));
    EXPECT_EQ(retained("1"), R"({"on":true})");
    EXPECT_EQ(counter(*gateway, "sync_undecided"), 1U);
}

TEST_P(Resync, AfterALossOfTheBrokerWhatHasChangedMeanwhileIsCarriedBothWays) {
    start("    resync: on_reconnect\n");
    device_says("1", R"({"n":1})");
    device_says("2", R"({"n":1})");
    ASSERT_TRUE(eventually([&] { return gateway->route("lights.a_to_b").outcome("delivered") == 2; }));
    lose_the_broker();
    device_says("1", R"({"n":2})");
    happn.set("/lights/2", {{"n", 3}});
    ASSERT_TRUE(eventually([&] { return gateway->route("lights.b_to_a").outcome("dropped") == 1; }));
    find_the_broker();
    wait_compared(2);
    ASSERT_TRUE(eventually([&] { return stored("1") == json{{"n", 2}}; }));
    pass_a_mark();
    EXPECT_EQ(json::parse(retained("2")), (json{{"n", 3}}));
    EXPECT_EQ(stored("2"), (json{{"n", 3}}));
}

TEST_P(Resync, ARemoveThatTheGatewayHasSeenIsCarriedAfterTheLoss) {
    start("    resync: on_reconnect\n");
    device_says("1", R"({"n":1})");
    device_says("2", R"({"n":1})");
    ASSERT_TRUE(eventually([&] { return gateway->route("lights.a_to_b").outcome("delivered") == 2; }));
    lose_the_broker();
    happn.remove("/lights/1");
    ASSERT_TRUE(eventually([&] { return gateway->route("lights.b_to_a").outcome("dropped") == 1; }));
    device_says("2", "");  // which the gateway cannot see
    find_the_broker();
    wait_compared(2);
    ASSERT_TRUE(eventually([&] { return gateway->route("lights.b_to_a").outcome("delivered") == 2; }));
    EXPECT_EQ(retained("2"), R"({"n":1})") << "a value that is missing says little: it is brought back";
    device.subscribe("lights/+");
    device.wait_message("lights/2");
    pass_a_mark();
    for (const MqttMessage& message : device.waiting())
        EXPECT_NE(message.topic, "lights/1") << "it is still kept";
}

TEST_P(Resync, WhatThePreferredEndMissesIsRemovedIfTheRouteSaysSo) {
    device_says("1", R"({"n":1})");
    device_says("2", R"({"n":1})");
    happn.set("/lights/1", {{"n", 1}});
    start("    prefer: b\n    resync: { missing: remove }\n");
    wait_compared(2);
    ASSERT_TRUE(eventually([&] { return gateway->route("lights.b_to_a").outcome("delivered") == 1; }));
    device.subscribe("lights/+");
    EXPECT_EQ(device.wait_message("lights/1").payload, R"({"n":1})");
    pass_a_mark();
    for (const MqttMessage& message : device.waiting())
        EXPECT_NE(message.topic, "lights/2") << "it is still kept";
}

TEST_P(Resync, AMeshThatHasLostAllItHeldTakesNothingFromTheBroker) {
    device_says("1", R"({"n":1})");
    start("    prefer: b\n    resync: { missing: remove }\n");
    ASSERT_TRUE(eventually([&] { return stored("1") == json{{"n", 1}}; }));
    mesh.stop();
    gateway->wait_until_ready(false);
    mesh.start();
    gateway->wait_until_ready();
    JsClient again{"happn-3@13.12.1"};
    again.connect(mesh.port());
    EXPECT_TRUE(eventually([&] { return again.get("/lights/1").is_object(); }));
    EXPECT_EQ(retained("1"), R"({"n":1})");
}

TEST_P(Resync, MoreThanTheLimitChangesNothingAndIsSaid) {
    device_says("1", R"({"n":1})");
    device_says("2", R"({"n":1})");
    const std::string settings =
        broker_settings(mosquitto, GetParam()) + mesh_settings(mesh) + "limits: { sync_values: 1 }\n";
    gateway = std::make_unique<GatewayProcess>(GatewayFiles{
        .settings = settings, .mappings = {{"lights.yaml", lights("    resync: on_reconnect\n")}}});
    ASSERT_TRUE(eventually([&] { return counter(*gateway, "sync_given_up") == 1; }));
    pass_a_mark();
    EXPECT_TRUE(stored("1").is_null());
}

TEST_P(Resync, OtherRoutesAreNotGivenWhatIsReadForIt) {
    device_says("1", R"({"n":1})");
    const std::string other = R"(
routes:
  copy: { from: { mqtt: "lights/{id}", qos: 1, retained: ignore }, to: { happn: "set /copies/{id}" } }
)";
    gateway = std::make_unique<GatewayProcess>(GatewayFiles{
        .settings = broker_settings(mosquitto, GetParam()) + mesh_settings(mesh),
        .mappings = {{"lights.yaml", lights("    resync: on_reconnect\n")}, {"copy.yaml", other}}});
    wait_compared(1);
    ASSERT_TRUE(eventually([&] { return stored("1") == json{{"n", 1}}; }));
    pass_a_mark();
    EXPECT_TRUE(happn.get("/copies/1").is_null());
    EXPECT_TRUE(eventually([&] { return happn.get("/copies/mark-a").is_object(); }));
}

TEST(ResyncWhereTheMarkIsRefused, NothingIsComparedAndTheLogSaysSo) {
    const TemporaryDirectory files;
    const std::string rights = files.write("acl", "topic readwrite lights/#\n").string();
    Mosquitto mosquitto{{.more = "acl_file " + rights + "\n"}};
    MqttProbe device{mosquitto.port()};
    device.publish({.topic = "lights/1", .payload = "1", .qos = 1, .retained = true});
    GatewayProcess gateway{{.settings = broker_settings(mosquitto),
                            .mappings = {{"lights.yaml", lights("    resync: on_reconnect\n")}}}};
    ASSERT_TRUE(eventually([&] { return counter(gateway, "sync_given_up") == 1; }));
    EXPECT_NE(gateway.process().printed().find("its ends were not compared: broker local: the mark on hg/"),
              std::string::npos);
    EXPECT_EQ(gateway.route("lights.a_to_b").matched, 0U);
}

TEST(ResyncOfTooLargeAValue, NothingIsCompared) {
    Mosquitto mosquitto;
    MqttProbe device{mosquitto.port()};
    device.publish({.topic = "lights/1", .payload = std::string(5000, '1'), .qos = 1, .retained = true});
    device.publish({.topic = "lights/2", .payload = "1", .qos = 1, .retained = true});
    GatewayProcess gateway{{.settings = "brokers: { local: { url: \"" + mosquitto.url() +
                                        "\", version: 3, max_message: 4KiB } }\n",
                            .mappings = {{"lights.yaml", lights("    resync: on_reconnect\n")}}}};
    ASSERT_TRUE(eventually([&] { return counter(gateway, "sync_given_up") == 1; }));
    EXPECT_EQ(gateway.route("lights.a_to_b").matched, 0U);
}

INSTANTIATE_TEST_SUITE_P(Versions, Resync, testing::Values(3, 5), [](const auto& version) {
    return version.param == 3 ? "Mqtt311" : "Mqtt5";
});

}  // namespace
