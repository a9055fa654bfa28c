// Requests without a token to mapped routes of a secure mesh: they act for nobody, and as the gateway's own
// user only where a route says so. Here that user may do everything, so that it would be seen.
#include <gtest/gtest.h>

#include <string>

#include "tests/integration/end_to_end.hpp"

namespace {

using namespace support;
using nlohmann::json;

constexpr const char* routes = R"(
version: 1
routes:
  call_none: { from: { http: "GET /none/call", auth: none }, to: { call: testTools/answerAfter, args: [0, 1] } }
  get_none: { from: { http: "GET /none/get", auth: none }, to: { happn: "get /allowed/x" } }
  stream_none: { from: { http: "GET /none/stream", auth: none }, to: { stream: { happn: "on /allowed/*" } } }
  call_optional:
    from: { http: "GET /optional/call", auth: optional }
    to: { call: testTools/answerAfter, args: [0, 1] }
  get_optional: { from: { http: "GET /optional/get", auth: optional }, to: { happn: "get /allowed/x" } }
  stream_optional:
    from: { http: "GET /optional/stream", auth: optional }
    to: { stream: { happn: "on /allowed/*" } }
  service_none:
    from: { http: "GET /none/service", auth: none }
    to: { call: testTools/answerAfter, args: [0, 1], as: service }
  service_optional:
    from: { http: "GET /optional/service", auth: optional }
    to: { call: testTools/answerAfter, args: [0, 1], as: service }
)";

class AnonymousRequests : public testing::TestWithParam<const char*> {
protected:
    json answer_to(const std::string& path, const std::string& token = {}) {
        const auto answer = gateway.http().Get(path + (token.empty() ? "" : "?happn_token=" + token));
        if (!answer) throw WaitFailed(path + ": " + httplib::to_string(answer.error()));
        EXPECT_EQ(answer->status, 200) << path << ": " << answer->body;
        return json::parse(answer->body, nullptr, false);
    }
    std::string token_of_tester() {
        const auto login = gateway.http().Post(
            "/rest/login", R"({"username":"tester","password":"pw"})", "application/json");
        return json::parse(login->body)["data"]["token"];
    }

    JsMesh mesh{{.generation = GetParam(), .secure = true}};
    GatewayProcess gateway{
        {.settings = mesh_settings(mesh, ", username: _ADMIN, password: happn") + "rest: { mesh: site }\n",
         .mappings = {{"routes.yaml", routes}}}};
};

INSTANTIATE_TEST_SUITE_P(Generations,
                         AnonymousRequests,
                         testing::Values("2.13.0", "13.1.1"),
                         [](const auto& mesh) { return name_of_version(mesh.param); });

TEST_P(AnonymousRequests, ActForNobody) {
    for (const std::string auth : {"/none", "/optional"}) {
        for (const std::string target : {"/call", "/get", "/stream"}) {
            const auto answer = gateway.http().Get(auth + target);
            ASSERT_TRUE(answer);
            EXPECT_EQ(answer->status, 401) << auth << target << ": " << answer->body;
        }
    }
}

TEST_P(AnonymousRequests, ActAsTheGatewaysUserWhereTheRouteSaysSo) {
    EXPECT_EQ(answer_to("/none/service")["username"], "_ADMIN");
    EXPECT_EQ(answer_to("/optional/service")["username"], "_ADMIN");
}

TEST_P(AnonymousRequests, AreNoLongerThatWithAToken) {
    EXPECT_EQ(answer_to("/optional/call", token_of_tester())["username"], "tester");
}

}  // namespace
