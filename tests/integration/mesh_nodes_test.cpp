// A mesh with several nodes: where one is lost, the gateway goes on at the next.
#include <gtest/gtest.h>

#include <future>
#include <string>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"

namespace {

using namespace support;
using nlohmann::json;

constexpr const char* bridge = R"(
version: 1
routes:
  down:
    from: { happn: "on /down/{name}", mesh: site }
    to:   { mqtt: "down/{name}", qos: 1 }
)";

class SeveralNodes : public testing::TestWithParam<const char*> {
protected:
    std::string urls() const {
        return "meshes: { site: { url: [\"" + first.url() + "\", \"" + second.url() +
               "\"], reconnect_min: 100ms } }\nrest: { mesh: site }\n";
    }
    int call() const {
        const auto answer = gateway.http().Post(
            "/rest/method/componentName/strMethod", R"({"parameters":{}})", "application/json");
        return answer ? answer->status : 0;
    }
    void set_on(const JsMesh& node, const std::string& path, int value) {
        JsClient happn{happn_client_of(GetParam())};
        happn.connect(node.port());
        happn.set(path, {{"n", value}});
    }

    Mosquitto mosquitto;
    JsMesh first{{.generation = GetParam()}};
    JsMesh second{{.generation = GetParam()}};
    GatewayProcess gateway{
        {.settings = broker_settings(mosquitto) + urls(), .mappings = {{"bridge.yaml", bridge}}}};
    MqttProbe device{mosquitto.port()};
};

TEST_P(SeveralNodes, WhereOneIsLostTheNextServes) {
    device.subscribe("down/#");
    EXPECT_EQ(call(), 200);
    first.kill();
    gateway.wait_until_ready(false);
    gateway.wait_until_ready();
    EXPECT_EQ(call(), 200);
    set_on(second, "/down/here", 2);
    EXPECT_EQ(json::parse(device.wait_message("down/here").payload).at("n"), 2);

    first.start();
    second.kill();
    gateway.wait_until_ready(false);
    gateway.wait_until_ready();
    EXPECT_EQ(call(), 200);
    set_on(first, "/down/back", 1);
    EXPECT_EQ(json::parse(device.wait_message("down/back").payload).at("n"), 1);
}

TEST_P(SeveralNodes, ANodeThatIsNotThereAtTheStartIsPassedOver) {
    first.kill();
    GatewayProcess late{{.settings = urls(), .mappings = {}}};
    EXPECT_TRUE(late.ready());
}

INSTANTIATE_TEST_SUITE_P(Generations,
                         SeveralNodes,
                         testing::Values("2.13.0", "13.1.1"),
                         [](const auto& generation) { return generation.param[0] == '2' ? "G1" : "G4"; });

}  // namespace
