// At-least-once between a real Mosquitto and a real mesh: nothing that the broker was told has arrived is
// lost, and what comes from one device stays in order, whoever goes away meanwhile.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/temporary_directory.hpp"

namespace {

using namespace support;
using nlohmann::json;

constexpr const char* routes = R"(
version: 1
routes:
  up:
    from: { mqtt: "numbers/{device}", qos: 1 }
    to:   { happn: "set /numbers/{device}" }
    delivery: { guarantee: at-least-once, order: "{device}", retry: { max: 3, backoff: 50ms..200ms } }
)";

class AtLeastOnce : public testing::Test {
protected:
    std::unique_ptr<GatewayProcess> start(StartUntil until = StartUntil::ready) {
        const std::string broker = "brokers: { local: { url: \"" + mosquitto.url() +
                                   "\", client_id: one, session_expiry: 1h, reconnect_min: 50ms } }\n";
        const std::string mesh_of_it =
            "meshes: { site: { url: \"" + mesh.url() + "\", reconnect_min: 50ms, reconnect_max: 200ms } }\n";
        return std::make_unique<GatewayProcess>(
            GatewayFiles{
                .settings = broker + mesh_of_it + "spool: { path: \"" + spool.path().string() + "\" }\n",
                .mappings = {{"up.yaml", routes}}},
            until);
    }

    void publish(const std::string& device, const std::string& payload) {
        probe.publish({.topic = "numbers/" + device, .payload = payload, .qos = 1});
    }

    bool has(const GatewayProcess& gateway, std::uint64_t pending) const {
        return eventually([&] { return gateway.route("up").pending == pending; });
    }

    Mosquitto mosquitto{{.more = "max_queued_messages 0\nmax_inflight_messages 20\n"}};
    JsMesh mesh;
    MqttProbe probe{mosquitto.port()};
    TemporaryDirectory spool;
};

TEST_F(AtLeastOnce, WaitsForAMeshThatIsAway) {
    const auto gateway = start();
    mesh.stop();
    gateway->wait_until_ready(false);
    for (int number = 1; number <= 3; ++number)
        publish("a", std::to_string(number));
    EXPECT_TRUE(has(*gateway, 3));
    mesh.start();
    EXPECT_TRUE(has(*gateway, 0));
    EXPECT_EQ(gateway->route("up").outcome("delivered"), 3u);
    JsClient client{happn_client_of("13.1.1")};
    client.connect(mesh.port());
    EXPECT_EQ(client.get("/numbers/a")["value"], 3) << "the last one";
}

TEST_F(AtLeastOnce, IsTakenOverByTheNextRunOfAGatewayThatWasKilled) {
    auto gateway = start();
    mesh.stop();
    gateway->wait_until_ready(false);
    for (int number = 1; number <= 3; ++number)
        publish("a", std::to_string(number));
    ASSERT_TRUE(has(*gateway, 3));
    gateway->kill();
    gateway = start(StartUntil::listening);
    EXPECT_EQ(gateway->route("up").recovered, 3u);
    mesh.start();
    EXPECT_TRUE(has(*gateway, 0));
    EXPECT_EQ(gateway->route("up").outcome("delivered"), 3u);
}

TEST_F(AtLeastOnce, IsLeftForTheNextRunByAGatewayThatStops) {
    auto gateway = start();
    mesh.stop();
    gateway->wait_until_ready(false);
    publish("a", "1");
    ASSERT_TRUE(has(*gateway, 1));
    gateway->stop(InFlight::something);
    mesh.start();
    gateway = start();
    EXPECT_TRUE(has(*gateway, 0));
    EXPECT_EQ(gateway->route("up").recovered, 1u);
}

TEST_F(AtLeastOnce, GivesUpWhatCannotBeRead) {
    const auto gateway = start();
    publish("a", "{");
    publish("a", "2");
    EXPECT_TRUE(eventually([&] { return gateway->route("up").outcome("delivered") == 1; }));
    EXPECT_EQ(gateway->route("up").outcome("dead"), 1u);
    EXPECT_EQ(gateway->route("up").reasons.at("decode"), 1u);
}

}  // namespace
