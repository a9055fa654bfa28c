// A mesh or a broker goes and comes back: the gateway finds it again by itself, subscribes again, says the
// truth on /ready meanwhile, and lets nobody wait for an answer that cannot come.
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
  up:
    from: { mqtt: "up/{name}", qos: 1 }
    to:   { happn: "set /up/{name}" }
  down:
    from: { happn: "on /down/{name}" }
    to:   { mqtt: "down/{name}", qos: 1 }
)";

class MeshOutage : public testing::TestWithParam<const char*> {
protected:
    Mosquitto mosquitto;
    JsMesh mesh{{.generation = GetParam()}};
    GatewayProcess gateway{
        {.settings = broker_settings(mosquitto) + mesh_settings(mesh) + "rest: { mesh: site }\n",
         .mappings = {{"bridge.yaml", bridge}}}};
    MqttProbe device{mosquitto.port()};
};

TEST_P(MeshOutage, EndsWithTheSubscriptionsMadeAgain) {
    device.subscribe("down/#");
    mesh.kill();
    gateway.wait_until_ready(false);
    EXPECT_NE(gateway.readiness().find("site"), std::string::npos) << gateway.readiness();
    mesh.start();
    gateway.wait_until_ready();
    JsClient happn{happn_client_of(GetParam())};
    happn.connect(mesh.port());
    happn.set("/down/again", {{"n", 1}});
    EXPECT_EQ(json::parse(device.wait_message("down/again").payload).at("n"), 1);
}

TEST_P(MeshOutage, FailsCallsInFlightAtOnceAndSaysThatTheyMayHaveRun) {
    JsClient observer{std::string{"mesh-client@"} + GetParam()};
    observer.connect(mesh.port());
    auto call = std::async(std::launch::async, [this] {
        return gateway.http().Post("/rest/method/testTools/answerAfter",
                                   R"({"parameters":{"ms":60000,"value":"too late"}})",
                                   "application/json");
    });
    ASSERT_TRUE(eventually([&] { return observer.call("testTools", "callCount") == 1; }));  // the mesh has it
    mesh.kill();
    const auto answer = call.get();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 504) << answer->body;
    EXPECT_NE(
        answer->body.find("testTools/answerAfter has not answered: the connection to the mesh was lost"),
        std::string::npos)
        << answer->body;
}

TEST_P(MeshOutage, RefusesNewCallsWhileTheMeshIsAway) {
    mesh.kill();
    gateway.wait_until_ready(false);
    const auto answer = gateway.http().Post(
        "/rest/method/componentName/strMethod", R"({"parameters":{}})", "application/json");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 503) << answer->body;
    device.publish({.topic = "up/lost", .payload = "1", .qos = 1});
    ASSERT_TRUE(eventually([this] { return gateway.route("up").ended() == 1; }));
    EXPECT_EQ(gateway.route("up").reasons.at("unavailable"), 1U);
}

INSTANTIATE_TEST_SUITE_P(Generations,
                         MeshOutage,
                         testing::Values("2.13.0", "5.2.1", "11.16.1", "13.1.1"),
                         [](const auto& mesh) { return name_of_version(mesh.param); });

constexpr const char* doors = R"(
version: 1
routes:
  lock:
    from: { http: "POST /doors/{door}/lock" }
    to:   { mqtt: "doors/{door}/cmd", qos: 1 }
    respond: { status: 202 }
)";

TEST(SecureMeshOutage, AdmitsNobodyUntilTheMeshThatKnowsTheCallersHasBeenJoined) {
    Mosquitto mosquitto;
    JsMesh mesh{{.secure = true}};
    mesh.kill();
    const std::string credentials = ", username: _ADMIN, password: happn";
    GatewayProcess gateway{
        {.settings = broker_settings(mosquitto) + mesh_settings(mesh, credentials) + "rest: { mesh: site }\n",
         .mappings = {{"doors.yaml", doors}}},
        StartUntil::listening};
    const auto lock = [&gateway] { return gateway.http().Post("/doors/1/lock", "{}", "application/json"); };
    const auto before = lock();
    ASSERT_TRUE(before);
    EXPECT_EQ(before->status, 503) << before->body;
    EXPECT_TRUE(before->has_header("Retry-After"));
    mesh.start();
    gateway.wait_until_ready();
    const auto after = lock();
    ASSERT_TRUE(after);
    EXPECT_EQ(after->status, 401) << after->body;
    EXPECT_EQ(gateway.route("lock").matched, 0U);
}

class BrokerOutage : public testing::TestWithParam<int> {
protected:
    Mosquitto mosquitto;
    GatewayProcess gateway{
        {.settings = broker_settings(mosquitto, GetParam()), .mappings = {{"bridge.yaml", bridge}}}};
    JsClient happn{"happn-3@13.12.1"};
};

TEST_P(BrokerOutage, EndsWithTheSubscriptionsMadeAgain) {
    happn.connect(gateway.port());
    const int arrived = happn.on("/up/*", "set");
    mosquitto.kill();
    gateway.wait_until_ready(false);
    EXPECT_NE(gateway.readiness().find("local"), std::string::npos) << gateway.readiness();
    mosquitto.start();
    gateway.wait_until_ready();
    MqttProbe device{mosquitto.port()};
    device.publish({.topic = "up/again", .payload = "7", .qos = 1});
    EXPECT_EQ(happn.wait_message(arrived).at("data").at("value"), 7);
}

INSTANTIATE_TEST_SUITE_P(Versions, BrokerOutage, testing::Values(3, 5), [](const auto& version) {
    return version.param == 3 ? "Mqtt311" : "Mqtt5";
});

}  // namespace
