// What a gateway offers of a real secure mesh, and where it takes a token from: rest.allow and rest.tokens.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/integration/end_to_end.hpp"

namespace {

using namespace support;
using nlohmann::json;

constexpr const char* who_route = R"(
version: 1
routes:
  who:
    from: { http: "GET /who" }
    to:   { call: "testTools/answerAfter", mesh: site, args: [1, here] }
)";

class RestOffers : public testing::TestWithParam<const char*> {
protected:
    explicit RestOffers(const std::string& offers = "allow: [\"componentName/str*\", \"testTools/*\"]")
        : gateway{{.settings = mesh_settings(mesh, ", username: nobody, password: pw") +
                               "rest: { mesh: site, " + offers + " }\n",
                   .mappings = {{"who.yaml", who_route}}}} {
        const json body{{"username", "tester"}, {"password", "pw"}};
        const auto answer = gateway.http().Post("/rest/login", body.dump(), "application/json");
        if (!answer || answer->status != 200) throw WaitFailed("no token");
        token = json::parse(answer->body)["data"]["token"];
    }

    httplib::Headers bearer() const { return {{"Authorization", "Bearer " + token}}; }
    httplib::Headers cookie() const {
        return {{"Cookie", "happn_token=" + token}, {"Sec-Fetch-Site", "same-origin"}};
    }
    std::string in_query() const { return "?happn_token=" + token; }

    httplib::Result call(const std::string& method,
                         const httplib::Headers& headers,
                         const std::string& query = {}) const {
        return gateway.http().Post("/rest/method/" + method + query, headers, "{}", "application/json");
    }
    static std::string message_of(const httplib::Result& answer) {
        return json::parse(answer->body).value("message", "");
    }

    JsMesh mesh{{.generation = GetParam(), .secure = true}};
    GatewayProcess gateway;
    std::string token;
};

class RestTokensInTheQueryOnly : public RestOffers {
protected:
    RestTokensInTheQueryOnly() : RestOffers{"tokens: [query]"} {}
};

class RestTokensInCookiesOnly : public RestOffers {
protected:
    RestTokensInCookiesOnly() : RestOffers{"tokens: [cookie]"} {}
};

std::string name_of(const testing::TestParamInfo<const char*>& mesh) {
    return name_of_version(mesh.param);
}

const auto oldest_and_newest = testing::Values("2.13.0", "13.1.1");
INSTANTIATE_TEST_SUITE_P(Generations, RestOffers, oldest_and_newest, name_of);
INSTANTIATE_TEST_SUITE_P(Generations, RestTokensInTheQueryOnly, testing::Values("13.1.1"), name_of);
INSTANTIATE_TEST_SUITE_P(Generations, RestTokensInCookiesOnly, testing::Values("13.1.1"), name_of);

TEST_P(RestOffers, WhatIsNotAllowedIsNeitherCalledNorDescribed) {
    EXPECT_EQ(call("componentName/strMethod", bearer())->status, 200);
    EXPECT_EQ(call("testTools/callCount", bearer())->status, 200);
    const auto refused = call("componentName/methodName", bearer());
    EXPECT_EQ(refused->status, 403);
    EXPECT_EQ(message_of(refused), "Access denied");
    EXPECT_EQ(call("TestNode/componentName/methodName", bearer())->status, 403) << "by its longer name";
    std::set<std::string> described;
    const auto menu = json::parse(gateway.http().Get("/rest/describe", bearer())->body)["data"];
    for (const auto& [path, method] : menu.items())
        described.insert(path);
    EXPECT_TRUE(described.contains("/componentName/strMethod"));
    EXPECT_TRUE(described.contains("/testTools/answerAfter"));
    EXPECT_FALSE(described.contains("/componentName/methodName"));
    const auto paths = json::parse(gateway.http().Get("/openapi.json", bearer())->body)["paths"];
    EXPECT_TRUE(paths.contains("/rest/method/componentName/strMethod"));
    EXPECT_FALSE(paths.contains("/rest/method/componentName/methodName"));
}

TEST_P(RestTokensInTheQueryOnly, AreTakenFromThereAndFromNowhereElse) {
    EXPECT_EQ(call("componentName/strMethod", {}, in_query())->status, 200);
    EXPECT_EQ(gateway.http().Get("/who" + in_query())->status, 200);
    for (const auto& headers : {bearer(), cookie()}) {
        const auto refused = call("componentName/strMethod", headers);
        EXPECT_EQ(refused->status, 403);
        EXPECT_EQ(message_of(refused), "Bad origin");
        EXPECT_EQ(gateway.http().Get("/who", headers)->status, 401);
    }
}

TEST_P(RestTokensInCookiesOnly, AreTakenFromThereOnTheMirrorAndNotOnMappedRoutes) {
    EXPECT_EQ(call("componentName/strMethod", cookie())->status, 200);
    EXPECT_EQ(call("componentName/strMethod", bearer())->status, 403);
    EXPECT_EQ(call("componentName/strMethod", {}, in_query())->status, 403);
    for (const auto& headers : {bearer(), cookie()})
        EXPECT_EQ(gateway.http().Get("/who", headers)->status, 401);
}

// --- bodies of mapped routes ---------------------------------------------------------------------

constexpr const char* body_routes = R"(
version: 1
routes:
  form:
    from: { http: "POST /form", body: form }
    to: { call: "componentName/methodName", mesh: site, args: { a: "{payload.name}", b: "{payload}" } }
  text:
    from: { http: "POST /text/{b:int}", body: text }
    to: { call: "componentName/methodName", mesh: site, args: ["{payload}", "{b|int}"] }
  bytes:
    from: { http: "POST /bytes", body: bytes }
    to: { call: "componentName/methodName", mesh: site, args: { a: "{payload|hex}", b: "{payload|base64}" } }
)";

class BodiesOfMappedRoutes : public testing::TestWithParam<const char*> {
protected:
    /// What the mesh's method was given, which is what it answers.
    json given(const std::string& path, const std::string& body, const std::string& type) const {
        const auto answer = gateway.http().Post(path, {{"Authorization", "Bearer " + token}}, body, type);
        EXPECT_EQ(answer->status, 200) << answer->body;
        return json::parse(answer->body);
    }
    int status(const std::string& path, const std::string& body, const std::string& type) const {
        return gateway.http().Post(path, {{"Authorization", "Bearer " + token}}, body, type)->status;
    }

    JsMesh mesh{{.generation = GetParam(), .secure = true}};
    GatewayProcess gateway{
        {.settings = mesh_settings(mesh, ", username: nobody, password: pw") + "rest: { mesh: site }\n",
         .mappings = {{"bodies.yaml", body_routes}}}};
    std::string token = json::parse(
        gateway.http()
            .Post("/rest/login", R"({"username": "tester", "password": "pw"})", "application/json")
            ->body)["data"]["token"];
};

INSTANTIATE_TEST_SUITE_P(Generations, BodiesOfMappedRoutes, oldest_and_newest, name_of);

TEST_P(BodiesOfMappedRoutes, ReachAMethodOfTheMeshAsItsArgumentsAndThoseOfAnotherTypeDoNot) {
    const std::string form = "application/x-www-form-urlencoded";
    EXPECT_EQ(given("/form", "name=J%C3%BCrg+M&note=1%262", form),
              (json{{"a", "Jürg M"}, {"b", {{"name", "Jürg M"}, {"note", "1&2"}}}}));
    EXPECT_EQ(given("/text/7", "\"as it is\"\n", "text/plain; charset=utf-8"),
              (json{{"a", "\"as it is\"\n"}, {"b", 7}}));
    EXPECT_EQ(given("/bytes", std::string{"\0\xff\n", 3}, "image/png"),
              (json{{"a", "00ff0a"}, {"b", "AP8K"}}));
    EXPECT_EQ(status("/form", "{}", "application/json"), 415);
    EXPECT_EQ(status("/text/7", "{}", "application/json"), 415);
    EXPECT_EQ(status("/text/7", "\xff", "text/plain"), 400);
    EXPECT_EQ(status("/text/seven", "x", "text/plain"), 404);
}

}  // namespace
