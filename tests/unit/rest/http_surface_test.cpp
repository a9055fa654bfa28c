#include "tests/unit/rest/surface_test_base.hpp"

namespace rest {
namespace {

class HttpSurfaceTest : public SurfaceTest {
protected:
    /// Does a request reach a route that is mapped to its very path?
    bool can_be_mapped(const std::string& path) {
        auto route = gateway::http_to_happn_get("mapped", "GET", path, "/d");
        route.targets.front().rule =
            gateway::AnswerTarget{gateway::ObjectMap{gateway::Value::json(gateway::Bytes::literal("1"))}};
        use({std::move(route)});
        return ask("GET", path).body.view() == "1";
    }
};

TEST_F(HttpSurfaceTest, TheVersionIsThatOfAHappnServer) {
    EXPECT_EQ(ask("GET", "/version").body.view(), R"({"version":"13.12.1"})");
}

TEST_F(HttpSurfaceTest, PrimusWantsAnUpgrade) {
    for (const std::string path : {"/primus", "/primus/", "/primus?_primuscb=x", "/primus/anything"})
        EXPECT_EQ(ask("GET", path).status, 426) << path;
    EXPECT_EQ(ask("GET", "/primusx").status, 404);
    EXPECT_TRUE(is_primus_path("/primus/"));
    EXPECT_FALSE(is_primus_path("/primus2"));
}

TEST_F(HttpSurfaceTest, WhatTheGatewayDoesNotServeIsSaidClearly) {
    for (const std::string path :
         {"/browser_client", "/browser_primus.js", "/api/client", "/auth/request-nonce?publicKey=a"})
        EXPECT_EQ(ask("GET", path).status, 501) << path;
}

TEST_F(HttpSurfaceTest, AuthLoginIsThereOnASecureMeshOnly) {
    EXPECT_EQ(ask("GET", "/auth/login?username=tester&password=pw").status, 404);
    make_secure();
    const HttpReply reply = ask("GET", "/auth/login?username=tester&password=pw");
    EXPECT_EQ(reply.body.view(), R"({"message":"login successful", "data":"token-tester", "error":null})");
    EXPECT_EQ(ask("GET", "/auth/login?username=tester&password=no").status, 401);
}

TEST_F(HttpSurfaceTest, AuthLogoutGivesTheTokenBackToASecureMesh) {
    EXPECT_EQ(ask("GET", "/auth/logout").status, 404);
    make_secure();
    EXPECT_EQ(ask("GET", "/auth/logout").status, 401);
    EXPECT_EQ(ask("GET", "/auth/logout", {{"Authorization", "Bearer bad"}}).status, 401);
    EXPECT_TRUE(mesh.logged_out.empty());
    const HttpReply reply = ask("GET", "/auth/logout", {bearer("tester")});
    EXPECT_EQ(reply.body.view(), R"({"message":"logout successful", "data":"token-tester", "error":null})");
    EXPECT_EQ(mesh.logged_out, std::vector{FakeMesh::token_of("tester")});
}

TEST_F(HttpSurfaceTest, AuthLogoutSaysWhyTheMeshDoesNotRevoke) {
    make_secure();
    const auto answer = [this](gateway::Errc why) {
        mesh.unrevoked = gateway::Error{why, "words"};
        return ask("GET", "/auth/logout", {bearer("tester")});
    };
    EXPECT_EQ(answer(gateway::Errc::access_denied).body.view(), "logouts over http are not allowed");
    EXPECT_EQ(answer(gateway::Errc::unauthorized).status, 401);
    EXPECT_EQ(answer(gateway::Errc::not_found).status, 404);
    EXPECT_EQ(answer(gateway::Errc::unavailable).status, 503);
}

// What follows is what is_on_happn_surface() of the mappings says.

TEST_F(HttpSurfaceTest, WhatANodeAnswersCannotBeMapped) {
    for (const char* path : {"/rest",
                             "/rest/x",
                             "/primus/x",
                             "/auth/x",
                             "/version",
                             "/ping",
                             "/openapi.json",
                             "/api/client",
                             "/browser_client",
                             "/REST/login",
                             "/Rest/Describe",
                             "/rest/METHOD/x",
                             "/Rest/method.x"})
        EXPECT_FALSE(can_be_mapped(path)) << path;
}

TEST_F(HttpSurfaceTest, WhatOnlyLooksLikeItCanBeMapped) {
    for (const char* path : {"/Rest",
                             "/REST/x",
                             "/Rest/methods",
                             "/restaurants",
                             "/Primus",
                             "/Auth/x",
                             "/Version",
                             "/version/x",
                             "/ping/x",
                             "/OpenAPI.json",
                             "/api/clients",
                             "/Browser_client",
                             "/browser"})
        EXPECT_TRUE(can_be_mapped(path)) << path;
}

TEST_F(HttpSurfaceTest, ATargetThatIsNoPathIsRefused) {
    for (const std::string target : {"", "*", "version", "/a b", "/a\\b"})
        EXPECT_EQ(ask("GET", target).status, 400) << target;
}

TEST_F(HttpSurfaceTest, AProxysAbsoluteTargetIsUnderstood) {
    EXPECT_EQ(ask("GET", "http://gateway:8080/ping").body.view(), "pong");
    EXPECT_EQ(ask("GET", "HTTP://gateway/ping?x=1").body.view(), "pong");
    EXPECT_EQ(ask("GET", "http://gateway").status, 404);
}

TEST_F(HttpSurfaceTest, ABrokenQueryIs400) {
    EXPECT_EQ(ask("GET", "/openapi.json?a=%f").status, 400);
}

// --- guessed tokens ------------------------------------------------------------------------------

class GuessedTokens : public SurfaceTest {
protected:
    GuessedTokens() {
        make_secure();
        gateway::HttpSource source;
        source.method = "GET";
        source.path = gateway::pattern("/mapped", gateway::AddressKind::http);
        gateway::Route route;
        route.name = "mapped";
        gateway::Target target;
        const gateway::Scope scope = gateway::scope_of(source.path, gateway::Scope::Source::http);
        target.rule = gateway::AnswerTarget{gateway::ObjectMap{gateway::Template::parse("x", scope).value()}};
        route.source = std::move(source);
        route.targets.push_back(std::move(target));
        use({std::move(route)});
    }
    void guess(const std::string& target, int times) {
        for (int i = 0; i < times; ++i) {
            const int status = ask("GET", target, {{"Authorization", "Bearer guess"}}).status;
            EXPECT_TRUE(status == 401 || status == 403) << target << ": " << status;
        }
    }
    void expect_refused_everywhere() {
        for (const std::string& target : {method, describe, mapped, missing}) {
            const HttpReply reply = ask("GET", target, {bearer("_ADMIN")});
            EXPECT_EQ(reply.status, 429) << target;
            EXPECT_EQ(header_of(reply, "Retry-After"), "1") << target;
        }
    }

    const std::string method = "/rest/method/componentName/methodName";
    const std::string missing = "/rest/method/componentName/nosuch";
    const std::string describe = "/rest/describe";
    const std::string mapped = "/mapped";
};

TEST_F(GuessedTokens, AreLimitedOnEveryWay) {
    for (const std::string& target : {method, describe, mapped, missing}) {
        set({});
        guess(target, address_allowance.at_once);
        expect_refused_everywhere();
    }
}

TEST_F(GuessedTokens, AreCountedTogether) {
    guess(method, 4);
    guess(describe, 3);
    guess(mapped, 3);
    expect_refused_everywhere();
}

TEST_F(GuessedTokens, DoNotCountAcceptedOnesAndMissingRights) {
    for (int i = 0; i <= address_allowance.at_once; ++i) {
        EXPECT_EQ(ask("GET", method, {bearer("nobody")}).status, 403);
        EXPECT_EQ(ask("GET", method).status, 403);
        EXPECT_EQ(ask("GET", mapped).status, 401);
    }
    EXPECT_EQ(ask("GET", method, {bearer("tester")}).status, 200);
    EXPECT_EQ(ask("GET", mapped, {bearer("tester")}).status, 200);
}

TEST_F(GuessedTokens, KeepNobodyOutWhoseTokenIsKnown) {
    guess(mapped, address_allowance.at_once);
    mesh.sessions[FakeMesh::token_of("_ADMIN")] = "_ADMIN";
    for (const std::string& target : {method, describe, mapped})
        EXPECT_EQ(ask("GET", target, {bearer("_ADMIN")}).status, 200) << target;
    EXPECT_EQ(ask("GET", method, {bearer("tester")}).status, 429) << "it is not known";
}

TEST_F(GuessedTokens, SideBySideAreNotMoreThanOneAfterTheOther) {
    mesh.takes_its_time = true;
    for (int i = 0; i < address_allowance.at_once; ++i)
        send("GET", i % 2 == 0 ? method : mapped, {{"Authorization", "Bearer guess" + std::to_string(i)}});
    EXPECT_EQ(mesh.authentications, address_allowance.at_once);
    expect_refused_everywhere();
    EXPECT_EQ(mesh.authentications, address_allowance.at_once) << "the mesh is not asked";
    from = "10.0.0.2";
    EXPECT_FALSE(send("GET", method, {bearer("tester")}).has_value()) << "other addresses are not concerned";
}

TEST_F(GuessedTokens, AreFreeAgainWhenTheMeshHasAcceptedThem) {
    for (int i = 0; i < 2 * address_allowance.at_once; ++i)
        mesh.add_user("user" + std::to_string(i), {"pw", {"*"}});
    mesh.takes_its_time = true;
    for (int i = 0; i < address_allowance.at_once; ++i)
        send("GET", method, {bearer("user" + std::to_string(i))});
    expect_refused_everywhere();
    many_answers = true;
    mesh.give_verdicts();
    many_answers = false;
    late.reset();
    mesh.takes_its_time = false;
    for (int i = 0; i < 2 * address_allowance.at_once; ++i)
        EXPECT_EQ(ask("GET", method, {bearer("user" + std::to_string(i))}).status, 200);
}

TEST_F(GuessedTokens, AreOneTryWhenAPageSendsManyRequestsWithTheSame) {
    mesh.takes_its_time = true;
    for (int i = 0; i < 3 * address_allowance.at_once; ++i)
        EXPECT_FALSE(send("GET", method, {bearer("tester")}).has_value()) << i;
    EXPECT_EQ(mesh.authentications, 3 * address_allowance.at_once);
}

TEST_F(HttpSurfaceTest, ACookieNamesTheUserOnlyWhereItCounts) {
    make_secure();
    mesh.sessions[FakeMesh::token_of("tester")] = "tester";
    const std::string cookie = "happn_token=" + FakeMesh::token_of("tester");
    HttpRequest request;
    request.method = "GET";
    request.headers.push_back({"Cookie", cookie});
    request.headers.push_back({"Sec-Fetch-Site", "same-origin"});
    for (const char* target : {"/rest/describe", "/TestNode/rest/method/componentName/methodName"}) {
        request.target = target;
        EXPECT_EQ(surface().user_of(request), "tester") << target;
    }
    request.target = "/mapped";
    EXPECT_EQ(surface().user_of(request), "");
}

TEST_F(GuessedTokens, LeaveLoginsOpen) {
    guess(mapped, address_allowance.at_once);
    EXPECT_EQ(ask("GET", "/auth/login?username=tester&password=pw").status, 200);
}

}  // namespace
}  // namespace rest
