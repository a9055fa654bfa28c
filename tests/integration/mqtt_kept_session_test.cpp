// Sessions that the broker has kept while the routes changed: what is still wanted arrives, once, and the
// filters of routes that are gone are left.
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <optional>
#include <string>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/tcp_proxy.hpp"

namespace {

using namespace support;

constexpr const char* before = R"(
version: 1
routes:
  kept: { from: { mqtt: "kept/{x}", qos: 1 }, to: { mqtt: "out/kept/{x}", qos: 1 } }
  wide: { from: { mqtt: "wide/{rest...}", qos: 1 }, to: { mqtt: "out/wide/{rest...}", qos: 1 } }
  gone: { from: { mqtt: "gone/{x}", qos: 1 }, to: { mqtt: "out/gone/{x}", qos: 1 } }
)";
constexpr const char* after = R"(
version: 1
routes:
  kept:   { from: { mqtt: "kept/{x}", qos: 1 }, to: { mqtt: "out/kept/{x}", qos: 1 } }
  narrow: { from: { mqtt: "wide/b", qos: 1 }, to: { mqtt: "out/narrow", qos: 1 } }
)";

class KeptSession : public testing::TestWithParam<int> {
protected:
    KeptSession() {
        device.subscribe("out/#");
        write(before);
    }

    void write(const char* text) { std::ofstream{mappings.path() / "routes.yaml"} << text; }

    GatewayFiles files(std::uint16_t port) const {
        return {.settings = "brokers: { local: { url: \"tcp://127.0.0.1:" + std::to_string(port) +
                            "\", version: " + std::to_string(GetParam()) +
                            ", client_id: one, reconnect_min: 50ms, reconnect_max: 500ms } }\n" +
                            "mappings: [\"" + (mappings.path() / "*.yaml").string() + "\"]\n",
                .mappings = {}};
    }

    void publish(const std::string& topic, const std::string& payload) {
        device.publish({.topic = topic, .payload = payload, .qos = 1});
    }
    void publish_meanwhile() {
        publish("gone/a", "1");
        publish("wide/b", "2");
        publish("wide/b", "2");
        publish("wide/b", "3");
        publish("kept/a", "4");
    }
    void expect_what_is_wanted() {
        for (const char* payload : {"2", "2", "3"})
            EXPECT_EQ(device.wait_message("out/narrow").payload, payload);
        EXPECT_EQ(device.wait_message("out/kept/a").payload, "4");
        EXPECT_TRUE(device.waiting().empty());
    }
    void expect_left(const std::string& filter) { mosquitto.process().wait_for_line(" one " + filter); }
    void expect_once(const std::string& topic, const std::string& arrives_as) {
        publish(topic, "5");
        publish("kept/end", "6");
        EXPECT_EQ(device.wait_message(arrives_as).payload, "5");
        device.wait_message("out/kept/end");
        EXPECT_TRUE(device.waiting().empty());
    }
    static double unwanted(const GatewayProcess& gateway) {
        return metric(gateway.metrics(), "happn_gateway_unmatched_total");
    }

    Mosquitto mosquitto;
    MqttProbe device{mosquitto.port()};
    TemporaryDirectory mappings;
};

TEST_P(KeptSession, FiltersDroppedByAReloadDuringAnOutageAreLeft) {
    TcpProxy proxy{mosquitto.port()};
    GatewayProcess gateway{files(proxy.port())};
    proxy.refuse();
    gateway.wait_until_ready(false);
    write(after);
    gateway.process().signal(SIGHUP);
    gateway.process().wait_for_line("reloaded");
    publish_meanwhile();
    proxy.accept();
    expect_what_is_wanted();
    EXPECT_EQ(unwanted(gateway), 1);
    expect_left("wide/#");
    expect_left("gone/+");
    expect_once("wide/b", "out/narrow");
    publish("gone/a", "7");
    expect_once("wide/b", "out/narrow");
    EXPECT_EQ(unwanted(gateway), 1) << "the filter is still there";
}

INSTANTIATE_TEST_SUITE_P(Versions, KeptSession, testing::Values(3, 5), [](const auto& version) {
    return version.param == 5 ? "Five" : "ThreeOneOne";
});

class KeptSessionOfFive : public KeptSession {};

TEST_P(KeptSessionOfFive, FiltersOfAnEarlierRunAreLeftWhenTheyDeliver) {
    GatewayProcess{files(mosquitto.port())}.stop();
    write(after);
    publish_meanwhile();
    GatewayProcess gateway{files(mosquitto.port())};
    expect_what_is_wanted();
    EXPECT_EQ(unwanted(gateway), 1);
    expect_left("wide/#");
    expect_left("gone/+");
    expect_once("wide/b", "out/narrow");
}

TEST_P(KeptSessionOfFive, AMessageThatAFilterOfAnEarlierRunBringsAsWellCountsOnce) {
    GatewayProcess{files(mosquitto.port())}.stop();
    write(after);
    GatewayProcess gateway{files(mosquitto.port())};
    expect_once("wide/b", "out/narrow");
    expect_left("wide/#");
    expect_once("wide/b", "out/narrow");
}

INSTANTIATE_TEST_SUITE_P(Versions, KeptSessionOfFive, testing::Values(5));

class KeptSessionOfThree : public KeptSession {};

TEST_P(KeptSessionOfThree, WhatFiltersOfAnEarlierRunBringIsDroppedAndCounted) {
    GatewayProcess{files(mosquitto.port())}.stop();
    write(after);
    publish("gone/a", "1");
    publish("kept/a", "4");
    GatewayProcess gateway{files(mosquitto.port())};
    EXPECT_EQ(device.wait_message("out/kept/a").payload, "4");
    publish("gone/a", "5");
    publish("kept/a", "6");
    EXPECT_EQ(device.wait_message("out/kept/a").payload, "6");
    EXPECT_TRUE(device.waiting().empty());
    EXPECT_EQ(unwanted(gateway), 2);
}

INSTANTIATE_TEST_SUITE_P(Versions, KeptSessionOfThree, testing::Values(3));

}  // namespace
