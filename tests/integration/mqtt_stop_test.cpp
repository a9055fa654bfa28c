// Stopping in order, and what the broker keeps for the next start: a client id of its own and a session that
// outlives the connection.
#include <gtest/gtest.h>

#include <future>
#include <string>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"

namespace {

using namespace support;
using nlohmann::json;

constexpr const char* mapping = R"(
version: 1
routes:
  forward: { from: { mqtt: "in/{x}", broker: kept, decode: bytes, qos: 1 }, to: { mqtt: "out/{x}", broker: kept, qos: 1 } }
components:
  device:
    methods:
      ask:
        parameters: [value]
        to: { mqtt: "cmd", broker: other, qos: 1, body: "{value}", reply: { topic: "rsp", concurrency: 1 }, timeout: 10s }
)";

class MqttSession : public testing::TestWithParam<int> {
protected:
    GatewayFiles files() const {
        return {.settings = "brokers:\n  kept: { url: \"" + kept.url() + "\", version: " +
                            std::to_string(GetParam()) + ", client_id: one }\n  other: { url: \"" +
                            other.url() + "\" }\nrest: { mesh: node }\n",
                .mappings = {{"routes.yaml", mapping}}};
    }

    Mosquitto kept;
    Mosquitto other;
    MqttProbe device{kept.port()};
};

TEST_P(MqttSession, HoldsWhatComesBetweenAStopAndTheNextStart) {
    device.subscribe("out/a");
    GatewayProcess{files()}.stop();
    device.publish({.topic = "in/a", .payload = "meanwhile", .qos = 1});
    EXPECT_TRUE(device.waiting().empty());
    const GatewayProcess again{files()};
    EXPECT_EQ(device.wait_message("out/a").payload, "meanwhile");
}

TEST_P(MqttSession, IsLeftWhileADrainWaitsForOthers) {
    device.subscribe("out/a");
    MqttProbe slow{other.port()};
    slow.subscribe("cmd");
    GatewayProcess gateway{files()};
    auto answer = std::async(std::launch::async, [&] {
        return gateway.http().Post(
            "/rest/method/device/ask", R"({"parameters":{"value":1}})", "application/json");
    });
    slow.wait_message("cmd");
    auto stopped = std::async(std::launch::async, [&] { gateway.stop(InFlight::something); });
    gateway.process().wait_for_line("broker kept: left");
    device.publish({.topic = "in/a", .payload = "meanwhile", .qos = 1});
    slow.publish({.topic = "rsp", .payload = "10", .qos = 1});
    const auto result = answer.get();
    ASSERT_TRUE(result);
    EXPECT_EQ(json::parse(result->body).at("data"), 10);
    stopped.get();
    EXPECT_TRUE(device.waiting().empty());
    const GatewayProcess again{files()};
    EXPECT_EQ(device.wait_message("out/a").payload, "meanwhile");
}

INSTANTIATE_TEST_SUITE_P(Versions, MqttSession, testing::Values(3, 5), [](const auto& version) {
    return version.param == 5 ? "Five" : "ThreeOneOne";
});

}  // namespace
