// Connections between happn peers that end in every way a network and an operator know: both sides notice,
// come back by themselves, and lose no subscription. The gateway as the client of a real mesh first, then as
// the node of real clients.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/tcp_proxy.hpp"

namespace {

using namespace support;
using namespace std::chrono_literals;
using nlohmann::json;
using Way = TcpProxy::Way;

constexpr const char* bridge = R"(
version: 1
routes:
  down:
    from: { happn: "on /down/{name}" }
    to:   { mqtt: "down/{name}", qos: 1 }
  deeper:
    from: { happn: "on /down/deeper/{name}" }
    to:   { mqtt: "deeper/{name}", qos: 1 }
)";

constexpr auto generation_name = [](const auto& mesh) { return name_of_version(mesh.param); };

// --- the gateway as a client ---------------------------------------------------------------------

/// The gateway joins a mesh through a proxy, and looks every second whether it is there.
class JoinedMesh : public testing::TestWithParam<const char*> {
protected:
    std::string mesh_through_proxy() const {
        return "meshes: { site: { url: \"ws://127.0.0.1:" + std::to_string(proxy.port()) +
               "\", username: _ADMIN, password: happn, keep_alive: 1s, keep_alive_timeout: 2s,"
               " reconnect_min: 20ms, reconnect_max: 100ms } }\nrest: { mesh: site }\n";
    }
    httplib::Result log_in() const {
        return gateway.http().Post(
            "/rest/login", R"({"username":"tester","password":"pw"})", "application/json");
    }
    httplib::Result call_as(const std::string& token) const {
        return gateway.http().Post("/rest/method/testTools/answerAfter",
                                   {{"Authorization", "Bearer " + token}},
                                   R"({"parameters":{"ms":0,"value":1}})",
                                   "application/json");
    }
    static std::string token_in(const httplib::Result& login) {
        return json::parse(login->body).at("data").at("token");
    }
    void SetUp() override {
        device.subscribe("down/#");
        device.subscribe("deeper/#");
    }
    /// What is published on the mesh comes, and comes once, by each of the routes.
    void expect_publications() {
        JsClient happn{happn_client_of(GetParam())};
        happn.connect(mesh.port(), {.username = "_ADMIN", .password = "happn"});
        happn.set("/down/one", {{"n", 1}});
        happn.set("/down/deeper/one", {{"n", 2}});
        happn.set("/down/last", {{"n", 3}});
        EXPECT_EQ(json::parse(device.wait_message("down/one").payload).at("n"), 1);
        EXPECT_EQ(json::parse(device.wait_message("deeper/one").payload).at("n"), 2);
        EXPECT_EQ(json::parse(device.wait_message("down/last").payload).at("n"), 3);
        EXPECT_TRUE(device.waiting().empty()) << "something came twice";
    }

    Mosquitto mosquitto;
    JsMesh mesh{{.generation = GetParam(), .secure = true}};
    TcpProxy proxy{mesh.port()};
    GatewayProcess gateway{{.settings = broker_settings(mosquitto) + mesh_through_proxy(),
                            .mappings = {{"bridge.yaml", bridge}}}};
    MqttProbe device{mosquitto.port()};
};

TEST_P(JoinedMesh, StoppedSoThatItsClientsComeBackIsJoinedAgainAsSoonAsItIsThere) {
    mesh.stop(JsMesh::Clients::come_back);
    gateway.wait_until_ready(false);
    mesh.start();
    gateway.wait_until_ready();
    expect_publications();
    EXPECT_EQ(gateway.process().printed().find("on purpose"), std::string::npos);
}

TEST_P(JoinedMesh, StoppedSoThatItsClientsStayAwayIsLeftAloneForHalfAMinute) {
    mesh.stop(JsMesh::Clients::stay_away);
    const auto line = gateway.process().wait_for_line("the mesh has closed the session on purpose");
    const std::string before = "next try in ";
    ASSERT_NE(line.find(before), std::string::npos) << line;
    EXPECT_GE(std::stoi(line.substr(line.find(before) + before.size())), 30'000) << line;
    EXPECT_FALSE(gateway.ready());
    EXPECT_NE(gateway.readiness().find("on purpose"), std::string::npos) << gateway.readiness();
}

TEST_P(JoinedMesh, ThatIsKilledIsJoinedAgainWithEverySubscription) {
    mesh.kill();
    gateway.wait_until_ready(false);
    mesh.start();
    gateway.wait_until_ready();
    expect_publications();
}

INSTANTIATE_TEST_SUITE_P(Generations,
                         JoinedMesh,
                         testing::Values("2.13.0", "5.2.1", "11.16.1", "13.1.1"),
                         generation_name);

/// Cuts each connection a little later than the one before, until one lives long enough.
class BrokenLogin : public JoinedMesh {
protected:
    void break_off_everywhere(Way way) {
        proxy.cut_after(0, way);
        proxy.cut();
        gateway.wait_until_ready(false);
        int tries = 0;
        for (std::size_t bytes = 1; !gateway.ready(); bytes += std::max(step, bytes / 2)) {
            const auto before = proxy.cut_short();
            proxy.cut_after(bytes, way);
            ASSERT_TRUE(eventually([&] { return proxy.cut_short() > before || gateway.ready(); })) << bytes;
            ++tries;
        }
        EXPECT_GE(tries, 6) << "every frame of the login is to be hit";
        proxy.cut_no_more();
        const auto before = proxy.accepted();
        proxy.cut();
        ASSERT_TRUE(eventually([&] { return proxy.accepted() > before; }));
        gateway.wait_until_ready();
        expect_publications();
    }

    /// An old mesh says nothing to the newer protocol: that takes two seconds of every try.
    const std::size_t step = std::string_view{GetParam()} == "2.13.0" ? 160 : 40;
};

TEST_P(BrokenLogin, IsTriedAgainWhereverTheSocketDiesOnTheWayToTheMesh) {
    break_off_everywhere(Way::to_server);
}

TEST_P(BrokenLogin, IsTriedAgainWhereverTheSocketDiesOnTheWayBack) {
    break_off_everywhere(Way::to_client);
}

/// The gateway's own session is there all the time.
TEST_P(BrokenLogin, OfAUserIsAnsweredAndTheNextOneSucceeds) {
    for (const Way way : {Way::to_server, Way::to_client}) {
        for (const std::size_t bytes : {0U, 150U, 300U, 450U}) {
            proxy.cut_after(bytes, way);
            const auto broken = log_in();
            ASSERT_TRUE(broken);
            EXPECT_EQ(broken->status, 503) << bytes << ": " << broken->body;
        }
        proxy.cut_no_more();
        const auto login = log_in();
        ASSERT_TRUE(login);
        ASSERT_EQ(login->status, 200) << login->body;
        EXPECT_EQ(call_as(token_in(login))->status, 200);
    }
    EXPECT_TRUE(gateway.ready());
}

INSTANTIATE_TEST_SUITE_P(Generations,
                         BrokenLogin,
                         testing::Values("2.13.0", "11.16.1", "13.1.1"),
                         generation_name);

/// It looks for itself whether the mesh is there: the same for all that answer alike.
class SilentMesh : public JoinedMesh {};

TEST_P(SilentMesh, IsGivenUpAndJoinedAgainWhenTheNetworkIsBack) {
    proxy.stall();
    gateway.process().wait_for_line("the mesh has gone silent");
    gateway.wait_until_ready(false);
    EXPECT_GE(metric(gateway.metrics(), "happn_gateway_happn_silent_sessions_total"), 1);
    proxy.resume();
    gateway.wait_until_ready();
    expect_publications();
}

/// As after a router has forgotten the connection: the mesh still has the old session, and talks to nobody.
TEST_P(SilentMesh, IsJoinedOverANewConnectionWhereOnlyTheOldOneIsDead) {
    proxy.lose();
    gateway.process().wait_for_line("the mesh has gone silent");
    gateway.wait_until_ready();
    expect_publications();
}

TEST_P(SilentMesh, EndsTheSessionsOfUsersTooWhichAreMadeAnewOnTheNextCall) {
    const auto token = token_in(log_in());
    ASSERT_EQ(call_as(token)->status, 200);
    proxy.lose();
    const auto unanswered = call_as(token);
    ASSERT_TRUE(unanswered);
    EXPECT_EQ(unanswered->status, 504) << unanswered->body;
    EXPECT_NE(unanswered->body.find("gone silent"), std::string::npos) << unanswered->body;
    EXPECT_TRUE(eventually([&] { return call_as(token)->status == 200; }));
}

INSTANTIATE_TEST_SUITE_P(Generations, SilentMesh, testing::Values("2.13.0", "13.1.1"), generation_name);

/// One is enough: that it is told to stay away is seen of every generation above.
class DismissingMesh : public JoinedMesh {};

TEST_P(DismissingMesh, IsJoinedAgainAfterHalfAMinute) {
    mesh.stop(JsMesh::Clients::stay_away);
    gateway.process().wait_for_line("on purpose");
    mesh.start();
    gateway.wait_until_ready(true, 45s);  // 30 s, and up to a quarter more
    expect_publications();
}

INSTANTIATE_TEST_SUITE_P(Generations, DismissingMesh, testing::Values("13.1.1"), generation_name);

// --- the gateway as a node -----------------------------------------------------------------------

/// A client comes to the node through a proxy. The node looks every second whether it is there.
class VisitedNode : public testing::TestWithParam<const char*> {
protected:
    VisitedNode() {
        client.wait_at_most(3s);  // for an answer that died with its socket
        client.connect(proxy.port());
        subscription = client.on("/devices/*");
    }
    double sessions() const { return metric(gateway.metrics(), "happn_gateway_node_sessions"); }
    /// What another client publishes comes, and comes once.
    void expect_publications() {
        JsClient other{"happn-3@13.12.1"};
        other.connect(gateway.port());
        other.set("/devices/d1", {{"n", 1}});
        other.set("/devices/d2", {{"n", 2}});
        EXPECT_EQ(client.wait_message(subscription).at("data").at("n"), 1);
        EXPECT_EQ(client.wait_message(subscription).at("data").at("n"), 2);
        EXPECT_EQ(client.waiting_messages(subscription), 0U);
    }

    /// Whether what the other client publishes now comes soon.
    bool hears_of(JsClient& other, const std::string& path) {
        other.set(path, {{"n", 1}});
        try {
            return client.wait_message(subscription, 500ms).at("meta").at("path") == path;
        } catch (const WaitFailed&) {
            return false;
        }
    }

    GatewayProcess gateway{
        {.settings = "node: { keep_alive: 1s, max_silence: 5s }\nrest: { mesh: node }\n", .mappings = {}}};
    TcpProxy proxy{gateway.port()};
    JsClient client{GetParam()};
    int subscription = 0;
};

TEST_P(VisitedNode, EndsTheSessionOfASilentClientWhichComesBackWhenTheNetworkDoes) {
    EXPECT_EQ(sessions(), 1);
    proxy.stall();
    ASSERT_TRUE(eventually([this] { return sessions() == 0; })) << gateway.metrics();
    EXPECT_EQ(metric(gateway.metrics(), "happn_gateway_node_silent_sessions_total"), 1);
    proxy.resume();
    client.wait_event("reconnected");
    expect_publications();
}

/// Clients that lose a login may begin several new ones at once, and what is published between those is lost.
TEST_P(VisitedNode, IsComeBackToByAClientWhoseSocketDiesInItsLogin) {
    const auto login = proxy.carried(Way::to_client);
    JsClient other{"happn-3@13.12.1"};
    other.connect(gateway.port());
    for (const std::size_t quarter : {1U, 2U, 3U}) {
        const auto before = proxy.cut_short();
        proxy.cut_after(quarter * login / 4, Way::to_client);
        proxy.cut();
        ASSERT_TRUE(eventually([&] { return proxy.cut_short() > before; })) << quarter;
        proxy.cut_no_more();
        client.wait_event("reconnected", 30s);
        EXPECT_TRUE(eventually([&] { return hears_of(other, "/devices/d" + std::to_string(quarter)); }, 30s));
    }
}

INSTANTIATE_TEST_SUITE_P(Clients,
                         VisitedNode,
                         testing::Values("happn-3@1.12.1", "happn-3@13.12.1"),
                         generation_name);

}  // namespace
