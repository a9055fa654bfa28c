// The user property `happn_token` of MQTT 5 on a secure mesh: a message acts as that user, whom the mesh may
// refuse, and the token goes no further.
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
    from: { mqtt: "rpc/{component}/{method}", qos: 1 }
    to: { call: "{component}/{method}", allow: ["testTools/*"] }
  store:
    from: { mqtt: "store/{tree}", qos: 1 }
    to: { happn: "set /{tree}/by-mqtt", mesh: site }
  copy:
    from: { mqtt: "copy/{x}", qos: 1 }
    to:
      mqtt: "copied/{x}"
      qos: 1
      user: { kept: "{in.user.kept}", happn_token: "{in.user.kept}", leaked: "{in.user.happn_token|default('nothing')}" }
)";

class MqttIdentity : public testing::TestWithParam<const char*> {
protected:
    using Properties = std::vector<std::pair<std::string, std::string>>;

    MqttIdentity() {
        device.subscribe("answers/d1");
        device.subscribe("copied/a");
        admin.connect(mesh.port(), {.username = "_ADMIN", .password = "happn"});
    }

    std::string token_of(const std::string& user) {
        JsClient client{client_kind()};
        return client.connect(mesh.port(), {.username = user, .password = "pw"}).at("token");
    }

    /// Who the mesh says has called.
    MqttMessage ask_who_calls(const Properties& properties) {
        device.publish({.topic = "rpc/testTools/answerAfter",
                        .payload = R"({"ms": 0, "value": 1})",
                        .qos = 1,
                        .response_topic = "answers/d1",
                        .correlation_data = "1",
                        .user_properties = properties});
        return device.wait_message("answers/d1");
    }
    void expect_caller(const std::string& user, const Properties& properties) {
        const MqttMessage answer = ask_who_calls(properties);
        EXPECT_EQ(json::parse(answer.payload).value("username", ""), user) << answer.payload;
    }
    /// The error's name is the mesh's word for both; the reason tells them apart.
    void expect_refused(const std::string& reason, const std::string& token) {
        const MqttMessage answer = ask_who_calls({{"happn_token", token}});
        EXPECT_EQ(property(answer, "error"), "AccessDenied") << answer.payload;
        const auto reasons = gateway.route("rpc").reasons;
        EXPECT_EQ(reasons.count(reason), 1U) << gateway.metrics();
        EXPECT_EQ(answer.payload.find(token), std::string::npos) << answer.payload;
    }

    static std::string property(const MqttMessage& message, const std::string& wanted) {
        const auto& all = message.user_properties;
        const auto found = std::ranges::find(all, wanted, [](const auto& one) { return one.first; });
        return found == all.end() ? std::string{} : found->second;
    }
    static std::string client_kind() { return std::string{"mesh-client@"} + GetParam(); }

    Mosquitto mosquitto;
    JsMesh mesh{{.generation = GetParam(), .secure = true}};
    GatewayProcess gateway{{.settings = broker_settings(mosquitto) +
                                        mesh_settings(mesh, ", username: _ADMIN, password: happn") +
                                        "rest: { mesh: site }\n",
                            .mappings = {{"routes.yaml", routes}}}};
    MqttProbe device{mosquitto.port()};
    JsClient admin{client_kind()};
};

TEST_P(MqttIdentity, ARequestWithATokenActsAsItsUser) {
    expect_caller("_ADMIN", {});
    expect_caller("tester", {{"happn_token", token_of("tester")}});
    expect_caller("user3", {{"happn_token", token_of("user3")}});
    expect_caller("_ADMIN", {});
}

TEST_P(MqttIdentity, TheMeshRefusesWhatTheUserMayNotDo) {
    expect_refused("access_denied", token_of("nobody"));
    expect_caller("tester", {{"happn_token", token_of("tester")}});
}

TEST_P(MqttIdentity, ATokenThatTheMeshDoesNotKnowIsNobody) {
    expect_refused("unauthorized", "no.such.token");
    expect_caller("_ADMIN", {});
}

TEST_P(MqttIdentity, AMessageWithoutAnswerIsRefusedAndCounted) {
    device.publish({.topic = "store/secret",
                    .payload = "1",
                    .qos = 1,
                    .user_properties = {{"happn_token", token_of("nobody")}}});
    device.publish({.topic = "store/open", .payload = "2", .qos = 1});
    const auto stored = [&] { return gateway.route("store").ended() == 2; };
    ASSERT_TRUE(eventually(stored));
    EXPECT_EQ(gateway.route("store").reasons.at("access_denied"), 1U);
    EXPECT_EQ(gateway.route("store").outcome("delivered"), 1U);
    EXPECT_TRUE(admin.get("/secret/by-mqtt").is_null());
    EXPECT_EQ(admin.get("/open/by-mqtt").at("value"), 2);
}

TEST_P(MqttIdentity, TheTokenIsNotPublishedAgain) {
    const std::string token = token_of("tester");
    device.publish({.topic = "copy/a",
                    .payload = "1",
                    .qos = 1,
                    .user_properties = {{"happn_token", token}, {"kept", "yes"}}});
    const MqttMessage copy = device.wait_message("copied/a");
    EXPECT_EQ(property(copy, "kept"), "yes");
    EXPECT_EQ(property(copy, "leaked"), "nothing");
    EXPECT_EQ(property(copy, "happn_token"), "");
    for (const auto& [name, value] : copy.user_properties)
        EXPECT_EQ(value.find(token), std::string::npos) << name;
    EXPECT_EQ(gateway.process().printed().find(token), std::string::npos) << "it is in the log";
}

INSTANTIATE_TEST_SUITE_P(Generations,
                         MqttIdentity,
                         testing::Values("2.13.0", "13.1.1"),
                         [](const auto& mesh) { return mesh.param[0] == '2' ? "Old" : "New"; });

}  // namespace
