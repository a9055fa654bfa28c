// `as: "{...}"` on a secure mesh: the gateway's own user acts on behalf of the named one, where the mesh
// knows delegation (from happner-2 11 on), and for nobody where it does not.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"

namespace {

using namespace support;
using nlohmann::json;

constexpr const char* routes = R"(
version: 1
routes:
  rpc:
    from: { mqtt: "rpc/{who}", qos: 1 }
    to: { call: testTools/answerAfter, as: "{who}" }
  store:
    from: { mqtt: "store/{who}/{tree}", qos: 1 }
    to: { happn: "set /{tree}/by-mqtt", mesh: site, as: "{who}" }
)";

class Delegation : public testing::TestWithParam<const char*> {
protected:
    explicit Delegation(const std::string& gateways_user = "username: _ADMIN, password: happn")
        : gateway{{.settings = broker_settings(mosquitto) + mesh_settings(mesh, ", " + gateways_user),
                   .mappings = {{"routes.yaml", routes}}}} {
        device.subscribe("answers/d1");
    }

    MqttMessage call_as(const std::string& user) {
        device.publish({.topic = "rpc/" + user,
                        .payload = R"({"ms": 0, "value": 1})",
                        .qos = 1,
                        .response_topic = "answers/d1",
                        .correlation_data = "1"});
        return device.wait_message("answers/d1");
    }
    void expect_refused(const std::string& user) {
        const MqttMessage answer = call_as(user);
        EXPECT_TRUE(json::parse(answer.payload).value("value", json{}).is_null()) << answer.payload;
        EXPECT_EQ(gateway.route("rpc").reasons["access_denied"], 1U) << answer.payload;
    }

    Mosquitto mosquitto;
    JsMesh mesh{{.generation = GetParam(), .secure = true}};
    GatewayProcess gateway;
    MqttProbe device{mosquitto.port()};
};

class DelegationKnown : public Delegation {};

TEST_P(DelegationKnown, ACallIsMadeForTheNamedUserWithThatUsersRights) {
    EXPECT_EQ(json::parse(call_as("tester").payload).value("value", 0), 1);
    expect_refused("nobody");
    EXPECT_EQ(json::parse(call_as("user3").payload).value("value", 0), 1);
}

TEST_P(DelegationKnown, ASetIsMadeWithTheRightsOfTheNamedUser) {
    JsClient admin{happn_client_of(GetParam())};
    admin.connect(mesh.port(), {.username = "_ADMIN", .password = "happn"});
    device.publish({.topic = "store/tester/allowed", .payload = "1", .qos = 1});
    device.publish({.topic = "store/tester/secret", .payload = "2", .qos = 1});
    device.publish({.topic = "store/nobody/allowed", .payload = "3", .qos = 1});
    ASSERT_TRUE(eventually([&] { return gateway.route("store").ended() == 3; }));
    EXPECT_EQ(gateway.route("store").outcome("delivered"), 1U);
    EXPECT_EQ(gateway.route("store").reasons.at("access_denied"), 2U);
    EXPECT_EQ(admin.get("/allowed/by-mqtt").at("value"), 1);
    EXPECT_TRUE(admin.get("/secret/by-mqtt").is_null());
}

TEST_P(DelegationKnown, NobodyActsForTheAdministrator) {
    expect_refused("_ADMIN");
}

/// The gateway's user may call the method itself, and still acts for nobody else.
class DelegationWithoutTheRightToIt : public Delegation {
protected:
    DelegationWithoutTheRightToIt() : Delegation{"username: user0, password: pw"} {}
};

TEST_P(DelegationWithoutTheRightToIt, IsRefusedByTheMesh) {
    expect_refused("tester");
}

class DelegationUnknown : public Delegation {};

TEST_P(DelegationUnknown, ACallForAUserIsRefusedAndNeverMadeWithTheGatewaysRights) {
    JsClient observer{std::string{"mesh-client@"} + GetParam()};
    observer.connect(mesh.port(), {.username = "_ADMIN", .password = "happn"});
    expect_refused("tester");
    EXPECT_EQ(observer.call("testTools", "callCount"), 0);
}

constexpr auto name = [](const auto& mesh) { return name_of_version(mesh.param); };

INSTANTIATE_TEST_SUITE_P(Generations, DelegationKnown, testing::Values("11.16.1", "13.1.1"), name);
INSTANTIATE_TEST_SUITE_P(Generations,
                         DelegationWithoutTheRightToIt,
                         testing::Values("11.16.1", "13.1.1"),
                         name);
INSTANTIATE_TEST_SUITE_P(Generations, DelegationUnknown, testing::Values("2.13.0", "5.2.1"), name);

}  // namespace
