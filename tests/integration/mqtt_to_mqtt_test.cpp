// Routes from one real Mosquitto to another: one way, both ways without an echo, and at-least-once.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/tcp_proxy.hpp"
#include "tests/support/temporary_directory.hpp"

namespace {

using namespace support;

constexpr const char* routes = R"(
routes:
  up:
    from: { mqtt: "plant/{rest...}", broker: field, qos: 2, decode: bytes }
    to:   { mqtt: "site/{rest...}", broker: cloud, qos: 1, retain: true }
  down:
    from: { mqtt: "commands/{rest...}", broker: cloud, qos: 1, decode: bytes }
    to:   { mqtt: "commands/{rest...}", broker: field, qos: 2 }
  lights:
    sync:
      a: { mqtt: "lights/{id}", broker: field, qos: 1, retain: true }
      b: { mqtt: "lights/{id}", broker: cloud, qos: 1, retain: true }
)";

struct Versions {
    int field;
    int cloud;
};

class MqttToMqtt : public testing::TestWithParam<Versions> {
protected:
    MqttToMqtt() {
        in_field.subscribe("#", 2);
        in_cloud.subscribe("#", 2);
    }
    std::string brokers() const {
        return "brokers:\n  field: { url: \"" + field.url() +
               "\", version: " + std::to_string(GetParam().field) + " }\n  cloud: { url: \"" + cloud.url() +
               "\", version: " + std::to_string(GetParam().cloud) + " }\n";
    }
    /// All that was under way has come by.
    void pass_a_mark() {
        in_field.publish({.topic = "plant/mark", .payload = "1", .qos = 1});
        in_cloud.wait_message("site/mark");
        in_cloud.publish({.topic = "commands/mark", .payload = "1", .qos = 1});
        in_field.wait_message("commands/mark");
        in_field.wait_message("plant/mark");
        in_cloud.wait_message("commands/mark");
    }

    Mosquitto field;
    Mosquitto cloud;
    GatewayProcess gateway{{.settings = brokers(), .mappings = {{"routes.yaml", routes}}}};
    MqttProbe in_field{field.port()};
    MqttProbe in_cloud{cloud.port()};
};

TEST_P(MqttToMqtt, QosAndRetainAreTheTargets) {
    const std::string bytes{"\0\xff{", 3};
    in_field.publish({.topic = "plant/a/b", .payload = bytes, .qos = 2});
    const MqttMessage up = in_cloud.wait_message("site/a/b");
    EXPECT_EQ(up.payload, bytes);
    EXPECT_EQ(up.qos, 1);
    in_cloud.subscribe("site/a/+", 2);
    EXPECT_TRUE(in_cloud.wait_message("site/a/b").retained);
    in_cloud.publish({.topic = "commands/a", .payload = "go", .qos = 1, .retained = true});
    EXPECT_EQ(in_field.wait_message("commands/a").qos, 2);
    in_field.subscribe("commands/+", 2);
    pass_a_mark();
    EXPECT_TRUE(std::ranges::none_of(in_field.waiting(), &MqttMessage::retained))
        << "it was kept by a broker that was not asked to";
}

TEST_P(MqttToMqtt, TwoTreesThatAreKeptTheSameDoNotEcho) {
    in_field.publish({.topic = "lights/1", .payload = "1", .qos = 1, .retained = true});
    EXPECT_EQ(in_cloud.wait_message("lights/1").payload, "1");
    in_field.wait_message("lights/1");  // the device's own
    in_cloud.publish({.topic = "lights/1", .payload = "2", .qos = 1, .retained = true});
    EXPECT_EQ(in_field.wait_message("lights/1").payload, "2");
    in_cloud.wait_message("lights/1");
    pass_a_mark();
    EXPECT_TRUE(in_field.waiting().empty()) << "an echo came back to the field";
    EXPECT_TRUE(in_cloud.waiting().empty()) << "an echo came back to the cloud";
    EXPECT_EQ(gateway.route("lights.a_to_b").outcome("delivered"), 1U);
    EXPECT_EQ(gateway.route("lights.b_to_a").outcome("delivered"), 1U);
}

TEST_P(MqttToMqtt, ARemoveIsCarriedOnce) {
    in_field.publish({.topic = "lights/1", .payload = "1", .qos = 1, .retained = true});
    in_cloud.wait_message("lights/1");
    in_field.wait_message("lights/1");
    in_cloud.publish({.topic = "lights/1", .payload = "", .qos = 1, .retained = true});
    EXPECT_EQ(in_field.wait_message("lights/1").payload, "");
    in_cloud.wait_message("lights/1");
    pass_a_mark();
    EXPECT_TRUE(in_field.waiting().empty());
    EXPECT_TRUE(in_cloud.waiting().empty());
}

INSTANTIATE_TEST_SUITE_P(Versions,
                         MqttToMqtt,
                         testing::Values(Versions{5, 5}, Versions{3, 3}, Versions{3, 5}),
                         [](const auto& versions) {
                             return "Field" + std::to_string(versions.param.field) + "Cloud" +
                                    std::to_string(versions.param.cloud);
                         });

constexpr const char* certain = R"(
routes:
  up:
    from: { mqtt: "plant/{device}", broker: field, qos: 1 }
    to:   { mqtt: "site/{device}", broker: cloud, qos: 1 }
    delivery: { guarantee: at-least-once, order: "{device}", retry: { backoff: 50ms..200ms } }
)";

class MqttToMqttAtLeastOnce : public testing::Test {
protected:
    std::unique_ptr<GatewayProcess> start(StartUntil until = StartUntil::ready) {
        const auto broker = [](const char* name, std::uint16_t port) {
            return std::string{"  "} + name + ": { url: \"tcp://127.0.0.1:" + std::to_string(port) +
                   "\", client_id: one, session_expiry: 1h, reconnect_min: 50ms, reconnect_max: 200ms }\n";
        };
        return std::make_unique<GatewayProcess>(
            GatewayFiles{.settings = "brokers:\n" + broker("field", field.port()) +
                                     broker("cloud", way_to_cloud.port()) + "spool: { path: \"" +
                                     spool.path().string() + "\" }\n",
                         .mappings = {{"routes.yaml", certain}}},
            until);
    }

    Mosquitto field;
    Mosquitto cloud;
    TcpProxy way_to_cloud{cloud.port()};
    TemporaryDirectory spool;
    MqttProbe in_field{field.port()};
    MqttProbe in_cloud{cloud.port()};
};

TEST_F(MqttToMqttAtLeastOnce, WaitsForABrokerThatIsAwayThroughACrash) {
    in_cloud.subscribe("site/a");
    auto gateway = start();
    way_to_cloud.refuse();
    gateway->wait_until_ready(false);
    for (const char* number : {"1", "2", "3"})
        in_field.publish({.topic = "plant/a", .payload = number, .qos = 1});
    ASSERT_TRUE(eventually([&] { return gateway->route("up").pending == 3; }));
    gateway->kill();
    gateway = start(StartUntil::listening);
    EXPECT_EQ(gateway->route("up").recovered, 3U);
    way_to_cloud.accept();
    for (const char* number : {"1", "2", "3"})
        EXPECT_EQ(in_cloud.wait_message("site/a").payload, number);
    EXPECT_TRUE(eventually([&] { return gateway->route("up").outcome("delivered") == 3; }));
}

}  // namespace
