// What becomes of a token, its session on the mesh and its streams when its user logs out by /auth/logout of
// the gateway, on real meshes that allow it and that do not.
#include <gtest/gtest.h>

#include <string>

#include "tests/integration/curl.hpp"
#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"

namespace {

using namespace support;
using nlohmann::json;

constexpr const char* routes = R"(
version: 1
routes:
  watch: { from: { http: "GET /watch" }, to: { stream: { happn: "on /allowed/*" }, heartbeat: 1s } }
)";

class RestLogout : public testing::TestWithParam<const char*> {
protected:
    explicit RestLogout(bool allowed = false)
        : mesh{{.generation = GetParam(), .secure = true, .logout_over_http = allowed}},
          gateway{
              {.settings = mesh_settings(mesh, ", username: nobody, password: pw") + "rest: { mesh: site }\n",
               .mappings = {{"routes.yaml", routes}}}} {}

    std::string log_in(const std::string& user) const {
        const json body{{"username", user}, {"password", "pw"}};
        const auto answer = gateway.http().Post("/rest/login", body.dump(), "application/json");
        if (!answer || answer->status != 200) throw WaitFailed("no token for " + user);
        return json::parse(answer->body)["data"]["token"];
    }
    static httplib::Headers bearer(const std::string& token) {
        return {{"Authorization", "Bearer " + token}};
    }
    int call(const std::string& token) const {
        const auto answer = gateway.http().Post(
            "/rest/method/componentName/strMethod", bearer(token), "{}", "application/json");
        return answer ? answer->status : 0;
    }
    httplib::Result log_out(const std::string& token) const {
        return gateway.http().Get("/auth/logout", bearer(token));
    }

    JsMesh mesh;
    GatewayProcess gateway;
};

INSTANTIATE_TEST_SUITE_P(Generations,
                         RestLogout,
                         testing::Values("2.13.0", "5.2.1", "11.16.1", "13.1.1"),
                         [](const auto& mesh) { return name_of_version(mesh.param); });

TEST_P(RestLogout, EndsTheSessionWhereTheMeshRevokesNothing) {
    const auto token = log_in("tester");
    ASSERT_EQ(mesh.sessions_of("tester"), 1);
    const auto answer = log_out(token);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 403) << "so does the mesh";
    EXPECT_TRUE(eventually([&] { return mesh.sessions_of("tester") == 0; }));
    EXPECT_EQ(call(token), 200) << "the mesh accepts the token as before";
}

class LogoutOfTheNewest : public RestLogout {};

INSTANTIATE_TEST_SUITE_P(Generations, LogoutOfTheNewest, testing::Values("13.1.1"), [](const auto& mesh) {
    return name_of_version(mesh.param);
});

/// By `client.logout()`, which revokes the token whatever the mesh allows over HTTP.
TEST_P(LogoutOfTheNewest, OfAnotherClientEndsTheTokensSessionAndStreams) {
    JsClient client{"mesh-client@13.1.1"};
    const std::string token = client.connect(mesh.port(), {.username = "tester", .password = "pw"})["token"];
    const auto other = log_in("user0");
    const auto watch = [&](const std::string& with) {
        return Curl{gateway, "/watch", {"-H", "Authorization: Bearer " + with}};
    };
    Curl theirs = watch(token), others = watch(other);
    theirs.wait_for(":");
    others.wait_for(":");
    client.finish(client.start({{"command", "logout"}}));
    theirs.wait_for("event: closed");
    EXPECT_EQ(theirs.wait(), 0);
    EXPECT_EQ(call(token), 403);
    EXPECT_EQ(call(other), 200);
    EXPECT_EQ(gateway.route("watch").pending, 1U);
}

class AllowedRestLogout : public RestLogout {
protected:
    AllowedRestLogout() : RestLogout{true} {}
};

INSTANTIATE_TEST_SUITE_P(Generations, AllowedRestLogout, testing::Values("13.1.1"), [](const auto& mesh) {
    return name_of_version(mesh.param);
});

TEST_P(AllowedRestLogout, TakesTheTokenBack) {
    const auto token = log_in("tester"), other = log_in("user0");
    ASSERT_EQ(call(token), 200);
    const auto answer = log_out(token);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(json::parse(answer->body),
              (json{{"message", "logout successful"}, {"data", token}, {"error", nullptr}}));
    EXPECT_TRUE(eventually([&] { return mesh.sessions_of("tester") == 0; }));
    EXPECT_EQ(call(token), 403);
    EXPECT_EQ(log_out(token)->status, 401);
    EXPECT_EQ(call(other), 200);
    EXPECT_EQ(mesh.sessions_of("user0"), 1);
    EXPECT_EQ(call(log_in("tester")), 200) << "the user may come again";
}

TEST_P(AllowedRestLogout, TakesItInTheQueryAndAsACookieToo) {
    const auto token = log_in("tester");
    EXPECT_EQ(gateway.http().Get("/auth/logout?happn_token=" + token)->status, 200);
    EXPECT_EQ(call(token), 403);
    const auto next = log_in("user0");
    const httplib::Headers cookie{{"Cookie", "happn_token=" + next}};
    EXPECT_EQ(gateway.http().Get("/auth/logout", cookie)->status, 401) << "it may be another site's page";
    EXPECT_EQ(call(next), 200);
    httplib::Headers own = cookie;
    own.emplace("Sec-Fetch-Site", "same-origin");
    EXPECT_EQ(gateway.http().Get("/auth/logout", own)->status, 200);
    EXPECT_EQ(call(next), 403);
}

TEST_P(AllowedRestLogout, EndsTheStreamsOfTheTokenAndNoOthers) {
    const auto token = log_in("tester"), other = log_in("user0");
    const auto watch = [&](const std::string& with) {
        return Curl{gateway, "/watch", {"-H", "Authorization: Bearer " + with}};
    };
    Curl theirs = watch(token), others = watch(other);
    theirs.wait_for(":");
    others.wait_for(":");
    ASSERT_EQ(log_out(token)->status, 200);
    theirs.wait_for("event: closed");
    EXPECT_EQ(theirs.wait(), 0);
    EXPECT_EQ(gateway.route("watch").pending, 1U);
}

TEST_P(AllowedRestLogout, MayBeOfATokenThatTheGatewayHasNotSeen) {
    auto http = httplib::Client{"127.0.0.1", mesh.port()};
    const json body{{"username", "tester"}, {"password", "pw"}};
    const auto answer = http.Post("/rest/login", body.dump(), "application/json");
    const std::string token = json::parse(answer->body)["data"]["token"];
    const auto status_on_the_mesh = [&] { return http.Get("/rest/describe", bearer(token))->status; };
    EXPECT_EQ(status_on_the_mesh(), 200);
    EXPECT_EQ(log_out(token)->status, 200);
    EXPECT_EQ(status_on_the_mesh(), 403);
}

}  // namespace
