// Whose session a REST caller's requests go by: one on the mesh for each token, whichever gateway gave it,
// counted on real meshes of the oldest and the newest generation. The gateway's own user has no right but the
// one to log in.
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/tcp_proxy.hpp"

namespace {

using namespace support;
using nlohmann::json;

constexpr auto no_admin = ", username: nobody, password: pw";

/// A REST client of one gateway.
class Caller {
public:
    explicit Caller(const GatewayProcess& gateway) : gateway_{gateway} {}

    std::string log_in(const std::string& user) const {
        const json body{{"username", user}, {"password", "pw"}};
        const auto answer = gateway_.http().Post("/rest/login", body.dump(), "application/json");
        if (!answer || answer->status != 200) throw WaitFailed("no token for " + user);
        return json::parse(answer->body)["data"]["token"];
    }
    httplib::Result call(const std::string& token, int milliseconds = 1) const {
        const json body{{"parameters", {{"ms", milliseconds}, {"value", 1}}}};
        return gateway_.http().Post("/rest/method/testTools/answerAfter",
                                    {{"Authorization", "Bearer " + token}},
                                    body.dump(),
                                    "application/json");
    }
    int status(const std::string& token) const {
        const auto answer = call(token);
        return answer ? answer->status : 0;
    }
    /// Whom the mesh takes the caller for.
    std::string who(const std::string& token) const {
        const auto answer = call(token);
        if (!answer || answer->status != 200) return {};
        return json::parse(answer->body)["data"].value("username", "");
    }
    /// Of the session on the mesh that the caller's calls are made by.
    std::string session_id(const std::string& token) const {
        const auto answer = gateway_.http().Post("/rest/method/componentName/userSession",
                                                 {{"Authorization", "Bearer " + token}},
                                                 "{}",
                                                 "application/json");
        if (!answer || answer->status != 200) return {};
        return json::parse(answer->body)["data"]["us"].value("id", "");
    }
    json described(const std::string& token) const {
        const auto answer = gateway_.http().Get("/rest/describe", {{"Authorization", "Bearer " + token}});
        return answer && answer->status == 200 ? json::parse(answer->body)["data"] : json();
    }

private:
    const GatewayProcess& gateway_;
};

class RestSessions : public testing::TestWithParam<const char*> {
protected:
    GatewayFiles files(const std::string& more = {}) const {
        return {.settings = mesh_settings(mesh, no_admin + more) + "rest: { mesh: site }\n", .mappings = {}};
    }
    static GatewayFiles files_through(const TcpProxy& proxy, const std::string& more = {}) {
        return {.settings = "meshes: { site: { url: \"ws://127.0.0.1:" + std::to_string(proxy.port()) + '"' +
                            no_admin + more + " } }\nrest: { mesh: site }\n",
                .mappings = {}};
    }
    /// A call is under way as soon as its request is counted.
    static void wait_for_requests(const GatewayProcess& gateway, int number) {
        const auto line = "happn_gateway_http_requests_total " + std::to_string(number) + '\n';
        EXPECT_TRUE(eventually([&] { return gateway.metrics().find(line) != std::string::npos; }));
    }

    JsMesh mesh{{.generation = GetParam(), .secure = true}};
};

INSTANTIATE_TEST_SUITE_P(Generations,
                         RestSessions,
                         testing::Values("2.13.0", "13.1.1"),
                         [](const auto& mesh) { return name_of_version(mesh.param); });

TEST_P(RestSessions, ATokenHasOneSessionThatAllItsRequestsShare) {
    const GatewayProcess gateway{files()};
    const Caller caller{gateway};
    const auto token = caller.log_in("tester");
    std::vector<std::thread> calls;
    for (int i = 0; i < 20; ++i)
        calls.emplace_back([&] { EXPECT_EQ(caller.status(token), 200); });
    for (auto& call : calls)
        call.join();
    EXPECT_EQ(mesh.sessions_of("tester"), 1);
}

TEST_P(RestSessions, ATokenOfAnotherReplicaWorks) {
    const GatewayProcess one{files()}, other{files()};
    const auto token = Caller{one}.log_in("user3");
    EXPECT_EQ(Caller{other}.who(token), "user3");
    EXPECT_EQ(Caller{one}.who(token), "user3");
}

TEST_P(RestSessions, AnIdleOneIsClosedAndMadeAgainWhenItIsNeeded) {
    const GatewayProcess gateway{files(", session_idle: 1s")};
    const Caller caller{gateway};
    const auto token = caller.log_in("tester");
    EXPECT_EQ(mesh.sessions_of("tester"), 1);
    EXPECT_TRUE(eventually([&] { return mesh.sessions_of("tester") == 0; }));
    EXPECT_EQ(caller.status(token), 200);
    EXPECT_EQ(mesh.sessions_of("tester"), 1);
}

TEST_P(RestSessions, TheOneIdleLongestMakesRoomAndNeverOneWithACallInFlight) {
    const GatewayProcess gateway{files(", max_sessions: 2")};
    const Caller caller{gateway};
    const auto oldest = caller.log_in("user0");
    const auto older = caller.log_in("user1");
    auto busy = std::async(std::launch::async, [&] {
        const auto answer = caller.call(oldest, 6000);
        return answer ? answer->status : 0;
    });
    wait_for_requests(gateway, 3);
    EXPECT_EQ(caller.who(older), "user1");
    const auto newest = caller.log_in("user2");
    EXPECT_TRUE(eventually([&] { return mesh.sessions_of("user1") == 0; }));
    EXPECT_EQ(mesh.sessions_of("user0"), 1);

    auto busy_too = std::async(std::launch::async, [&] {
        const auto answer = caller.call(newest, 5000);
        return answer ? answer->status : 0;
    });
    wait_for_requests(gateway, 6);
    const auto refused = caller.call(older);
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, 503) << refused->body;
    EXPECT_EQ(refused->get_header_value("Retry-After"), "1");
    EXPECT_EQ(busy.get(), 200);
    EXPECT_EQ(busy_too.get(), 200);
    EXPECT_EQ(caller.who(older), "user1") << "there is room again";
}

TEST_P(RestSessions, AreMadeAgainAfterTheConnectionToTheMeshWasLost) {
    TcpProxy proxy{mesh.port()};
    const GatewayProcess gateway{files_through(proxy)};
    const Caller caller{gateway};
    const auto token = caller.log_in("tester");
    EXPECT_EQ(caller.who(token), "tester");
    proxy.cut();
    EXPECT_TRUE(eventually([&] { return caller.who(token) == "tester"; }));
}

TEST_P(RestSessions, GuessesSideBySideAreCountedBeforeTheMeshHasAnsweredTheFirst) {
    constexpr int free_tries = 10;
    TcpProxy proxy{mesh.port()};
    const GatewayProcess gateway{files_through(proxy)};
    const Caller caller{gateway};
    const auto token = caller.log_in("tester");
    proxy.stall();
    std::vector<std::future<int>> guesses;
    for (int i = 0; i < free_tries; ++i)
        guesses.push_back(
            std::async(std::launch::async, [&, i] { return caller.status("guess" + std::to_string(i)); }));
    wait_for_requests(gateway, 1 + free_tries);
    const auto refused = caller.call("one guess more");
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, 429) << refused->body;
    EXPECT_EQ(refused->get_header_value("Retry-After"), "1");
    proxy.resume();
    for (auto& guess : guesses)
        EXPECT_EQ(guess.get(), 403);
    EXPECT_EQ(caller.status(token), 200) << "it has been accepted before";
}

TEST_P(RestSessions, WhoIsNotKnownYetTakesNobodysPlace) {
    constexpr int strangers = 5;
    TcpProxy proxy{mesh.port()};
    const GatewayProcess gateway{files_through(proxy, ", max_sessions: 1")};
    const Caller caller{gateway};
    const auto token = caller.log_in("tester");
    const auto session = caller.session_id(token);
    ASSERT_FALSE(session.empty());
    proxy.stall();
    std::vector<std::future<int>> guesses;
    for (int i = 0; i < strangers; ++i)
        guesses.push_back(
            std::async(std::launch::async, [&, i] { return caller.status("guess" + std::to_string(i)); }));
    wait_for_requests(gateway, 2 + strangers);
    proxy.resume();
    for (auto& guess : guesses)
        EXPECT_EQ(guess.get(), 403);
    EXPECT_EQ(caller.session_id(token), session);
    EXPECT_EQ(caller.who(caller.log_in("user0")), "user0") << "who has been accepted takes it";
    EXPECT_NE(caller.session_id(token), session);
}

TEST_P(RestSessions, TheGatewaysOwnUserNeedsNoRightsForWhatUsersDo) {
    const GatewayProcess gateway{files()};
    const Caller caller{gateway};
    const auto token = caller.log_in("tester");
    EXPECT_EQ(caller.who(token), "tester");
    const json menu = caller.described(token);
    EXPECT_TRUE(menu.contains("/testTools/answerAfter")) << menu;
    EXPECT_FALSE(menu.contains("/data/set")) << "tester may not call it";
}

TEST_P(RestSessions, AMethodIsToldOfItsCallersSession) {
    const GatewayProcess gateway{files()};
    const auto token = Caller{gateway}.log_in("tester");
    const auto answer = gateway.http().Post("/rest/method/componentName/userSession",
                                            {{"Authorization", "Bearer " + token}},
                                            "{}",
                                            "application/json");
    ASSERT_TRUE(answer);
    const json session = json::parse(answer->body)["data"]["us"];
    EXPECT_EQ(session.value("username", ""), "tester") << answer->body;
    EXPECT_EQ(session.value("type", -1), 0);
    EXPECT_EQ(session.value("origin", ""), "TestNode");
    EXPECT_FALSE(session.contains("token"));
}

}  // namespace
