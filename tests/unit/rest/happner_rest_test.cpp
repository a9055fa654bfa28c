#include <gmock/gmock.h>

#include "tests/unit/rest/surface_test_base.hpp"

namespace rest {
namespace {

using Json = nlohmann::json;

class HappnerRestTest : public SurfaceTest {
protected:
    std::string last_args() const { return mesh.calls.empty() ? "no call" : mesh.calls.back().args.str(); }
};

// --- arguments ----------------------------------------------------------------------------------

TEST_F(HappnerRestTest, ParametersGoByPositionByteForByte) {
    post("/rest/method/componentName/methodName", R"({"parameters":{"b":1.50,"a":{"x": 1e2},"extra":3}})");
    EXPECT_EQ(last_args(), R"([{"x": 1e2},1.50])");
}

TEST_F(HappnerRestTest, OfEqualNamesTheLastCounts) {
    post("/rest/method/componentName/methodName", R"({"parameters":{"a":1,"a":2}})");
    EXPECT_EQ(last_args(), "[2,null]");
}

TEST_F(HappnerRestTest, AShortArrayIsFilledUpWithNull) {
    post("/rest/method/componentName/methodName", R"({"parameters":[1]})");
    EXPECT_EQ(last_args(), "[1,null]");
}

TEST_F(HappnerRestTest, ARepeatedQueryNameIsAList) {
    ask("GET", "/rest/method/componentName/methodName?a=1&a=2&a=3");
    EXPECT_EQ(last_args(), R"([["1","2","3"],null])");
}

TEST_F(HappnerRestTest, TheQueryIsDecodedOnce) {
    ask("GET", "/rest/method/componentName/methodName?a=%2541+%C3%A9");
    EXPECT_EQ(last_args(), R"(["%41 é",null])");
}

TEST_F(HappnerRestTest, RequestHeadersReachAMethodWithoutCredentials) {
    mesh.add("componentName", "reqMethod", {"$req_headers", "callback"}, [](const auto& args) {
        return FakeMesh::result(args[0]);
    });
    const HttpReply reply = post("/rest/method/componentName/reqMethod",
                                 "{}",
                                 {{"X-Colour", "red"}, {"Cookie", "a=b"}, {"Authorization", "Bearer x"}});
    EXPECT_EQ(json_of(reply)["data"], (Json{{"x-colour", "red"}, {"content-type", "application/json"}}));
}

TEST_F(HappnerRestTest, FieldsOfTheRequestAreThoseOfNodeWithoutTheToken) {
    mesh.add("componentName",
             "fields",
             {"$req_url", "$req_originalUrl", "$req_method", "$req_uri", "$req_body", "$req_ip", "callback"},
             [](const auto& args) { return FakeMesh::result(args); });
    const HttpReply get =
        ask("GET", "/TestNode/rest/method/componentName/fields?a=1&happn%5Ftoken=secret&b=2&b=3");
    const Json fields = json_of(get)["data"];
    EXPECT_EQ(fields[0], "/componentName/fields?a=1&b=2&b=3");
    EXPECT_EQ(fields[1], "/TestNode/rest/method/componentName/fields?a=1&b=2&b=3");
    EXPECT_EQ(fields[2], "GET");
    EXPECT_EQ(fields[3]["query"], (Json{{"a", "1"}, {"b", {"2", "3"}}}));
    EXPECT_EQ(fields[3]["pathname"], "/TestNode/rest/method/componentName/fields");
    EXPECT_EQ(fields[3]["search"], "?a=1&b=2&b=3");
    EXPECT_EQ(fields[4], Json::object());
    EXPECT_EQ(fields[5], nullptr) << "connect has none";
    EXPECT_EQ(get.body.view().find("secret"), std::string_view::npos);

    const HttpReply sent = post("/rest/method/componentName/fields", R"({"parameters":{"x":1}})");
    EXPECT_EQ(json_of(sent)["data"][4], (Json{{"parameters", {{"x", 1}}}}));
}

TEST_F(HappnerRestTest, TheSessionIsFilledInForMethodsThatAskForIt) {
    mesh.add("componentName", "who", {"a", "$userSession", "b", "callback"}, [](const auto& args) {
        return FakeMesh::result(args);
    });
    const std::string body = R"({"parameters":{"a":1,"b":2}})";
    EXPECT_EQ(json_of(post("/rest/method/componentName/who", body))["data"], (Json{1, nullptr, 2}));
    make_secure();
    const Json args = json_of(post("/rest/method/componentName/who", body, {bearer("_ADMIN")}))["data"];
    EXPECT_EQ(args, (Json{1, {{"username", "_ADMIN"}}, 2}));
    EXPECT_EQ(post("/rest/method/componentName/who", body, {{"Authorization", "Bearer forged"}}).status, 403);
}

TEST_F(HappnerRestTest, APreflightIsAnsweredAndNothingIsExecuted) {
    for (const char* target : {"/rest/login", "/rest/describe", "/rest/method/componentName/methodName"}) {
        const HttpReply reply = ask("OPTIONS", target, {{"Origin", "http://example.com"}});
        EXPECT_EQ(reply.status, 204);
        EXPECT_EQ(header_of(reply, "allow"), "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    }
    EXPECT_TRUE(mesh.calls.empty());
}

TEST_F(HappnerRestTest, TheTokenIsNoParameter) {
    make_secure();
    mesh.add("componentName", "greedy", {"happn_token", "callback"}, [](const auto& args) {
        return FakeMesh::result(args[0]);
    });
    const HttpReply reply =
        ask("GET", "/rest/method/componentName/greedy?happn_token=" + FakeMesh::token_of("_ADMIN"));
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(last_args(), "[null]");
}

// --- answers ------------------------------------------------------------------------------------

TEST_F(HappnerRestTest, ACallThatIsNeverAnsweredEndsIn504InTheMeshsWords) {
    EXPECT_FALSE(send("POST", "/rest/method/componentName/neverMethod").has_value());
    ASSERT_EQ(mesh.waiting.size(), 1U);
    mesh.waiting.front()(gateway::Outcome{gateway::Error{gateway::Errc::timeout, "the connection was lost"}});
    ASSERT_TRUE(late.has_value());
    EXPECT_EQ(late->status, 504);
    const Json body = json_of(*late);
    EXPECT_EQ(body["message"], "Call failed");
    EXPECT_EQ(body["error"]["name"], "Timeout");
    EXPECT_EQ(body["error"]["message"], "the connection was lost");
}

TEST_F(HappnerRestTest, TheDeadlineIsTheConfiguredOne) {
    settings.timeouts.rest = std::chrono::seconds{3};
    const auto before = gateway::Clock::now();
    post("/rest/method/componentName/strMethod", "{}");
    const auto allowed = mesh.calls.back().deadline - before;
    EXPECT_GE(allowed, std::chrono::seconds{3});
    EXPECT_LT(allowed, std::chrono::seconds{5});
}

TEST_F(HappnerRestTest, AnUnreachableMeshIs503WithRetryAfter) {
    mesh.add("componentName", "away", {}, [](const auto&) {
        return gateway::Outcome{gateway::Error{gateway::Errc::unavailable, "the mesh is not connected"}};
    });
    const HttpReply reply = post("/rest/method/componentName/away", "{}");
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(header_of(reply, "Retry-After"), "1");
    EXPECT_EQ(json_of(reply)["error"]["message"], "the mesh is not connected");
}

TEST_F(HappnerRestTest, AMeshThatWasNeverJoinedIs503) {
    mesh.joined = false;
    EXPECT_EQ(post("/rest/method/componentName/strMethod", "{}").status, 503);
    EXPECT_EQ(ask("GET", "/rest/describe").status, 503);
}

TEST_F(HappnerRestTest, AnErrorShowsItsNameUnlessItIsOneOfJavaScriptsOwn) {
    const auto shown = [&](const std::string& name) {
        mesh.add("componentName", "failing", {}, [&](const auto&) {
            return FakeMesh::failure(R"({"message":"m","name":")" + name + R"(","a":1})");
        });
        return json_of(post("/rest/method/componentName/failing", "{}"))["error"].dump();
    };
    for (const char* own : {"ValidationError", "AccessDenied", "error", ""})
        EXPECT_EQ(shown(own), R"({"a":1,"message":"m","name":")" + std::string{own} + R"("})");
    for (const char* of_its_class : {"Error", "TypeError", "RangeError", "URIError", "AggregateError"})
        EXPECT_EQ(shown(of_its_class), R"({"a":1,"message":"m"})") << of_its_class;
}

TEST_F(HappnerRestTest, WhatIsNoErrorIsShownAsTheObjectThatJavaScriptMakesOfIt) {
    const auto shown = [&](const std::string& given) {
        mesh.add("componentName", "failing", {}, [&](const auto&) { return FakeMesh::failure(given); });
        const std::string body = post("/rest/method/componentName/failing", "{}").body.str();
        return body.substr(body.find(R"("error":)") + 8);
    };
    EXPECT_EQ(shown(R"({"custom":1,"stack":"inside"})"), R"({"custom":1}})");
    EXPECT_EQ(shown(R"({"name":"Error"})"), R"({"name":"Error"}})");
    EXPECT_EQ(shown("{}"), "{}}");
    EXPECT_EQ(shown("42"), "{}}");
    EXPECT_EQ(shown(R"([1, {"a":2}])"), R"({"0":1,"1":{"a":2},"length":2}})");
    EXPECT_EQ(shown("[]"), R"({"length":0}})");
    EXPECT_EQ(shown(R"("text")"), R"({"message":"text"}})") << "and not its characters";
}

TEST_F(HappnerRestTest, TheStackOfAnErrorStaysInside) {
    mesh.add("componentName", "failing", {}, [](const auto&) {
        return FakeMesh::failure(
            R"({"message":"m","name":"Error","stack":"at secret.js:1","extra":{"big":12345678901234567890}})");
    });
    const HttpReply reply = post("/rest/method/componentName/failing", "{}");
    EXPECT_EQ(
        reply.body.view(),
        R"({"message":"Call failed","data":null,"error":{"message":"m","extra":{"big":12345678901234567890}}})");
}

/// Where the time for each name grew with the names before it, this would take minutes.
TEST_F(HappnerRestTest, AnErrorMayHaveAnyNumberOfNames) {
    std::string names;
    for (int i = 0; i < 100'000; ++i)
        names += ",\"n" + std::to_string(i) + "\":1";
    mesh.add("componentName", "failing", {}, [&](const auto&) {
        return FakeMesh::failure(R"({"message":"m")" + names + "}");
    });
    const HttpReply reply = post("/rest/method/componentName/failing", "{}");
    EXPECT_EQ(reply.body.view(),
              R"({"message":"Call failed","data":null,"error":{"message":"m")" + names + "}}");
}

// --- names --------------------------------------------------------------------------------------

TEST_F(HappnerRestTest, NamesAreAsTheyAreWritten) {
    for (const std::string path : {"component%4eame/strMethod",
                                   "componentName/str%4Dethod",
                                   "componentName/strMethod%20",
                                   "componentName%2FstrMethod",
                                   "..%2f..%2fsecurity/listUsers",
                                   "%73ecurity/listUsers",
                                   "%2e%2e/strMethod",
                                   "componentName/str%00Method",
                                   "component%4/strMethod",
                                   "*/strMethod",
                                   "+/strMethod"}) {
        EXPECT_EQ(post("/rest/method/" + path, "{}").status, 404) << path;
    }
    EXPECT_TRUE(mesh.calls.empty());
    EXPECT_EQ(json_of(post("/rest/method/componentName/a%20b", "{}"))["error"]["message"],
              "method a%20b does not exist on component componentName");
}

TEST_F(HappnerRestTest, SecurityIsNeverReached) {
    for (const std::string path : {"security/listUsers", "TestNode/security/listUsers"})
        EXPECT_EQ(post("/rest/method/" + path, "{}").status, 403) << path;
    EXPECT_TRUE(mesh.calls.empty());
}

TEST_F(HappnerRestTest, TheNodesNameMayStandBeforeRest) {
    EXPECT_EQ(post("/TestNode/rest/method/componentName/strMethod", "{}").status, 200);
    EXPECT_EQ(ask("GET", "/TestNode/rest/describe").status, 200);
    EXPECT_EQ(post("/Other/rest/method/componentName/strMethod", "{}").status, 404);
}

TEST_F(HappnerRestTest, OnlyAllowedMethodsAreOfferedAndDescribed) {
    gateway::RestSettings rest;
    rest.allow = {"componentName/str*", "data/*"};
    set(rest);
    EXPECT_EQ(post("/rest/method/componentName/strMethod", "{}").status, 200);
    EXPECT_EQ(post("/rest/method/data/get", "{}").status, 200);
    EXPECT_EQ(post("/rest/method/componentName/methodName", "{}").status, 403);
    const Json menu = json_of(ask("GET", "/rest/describe"))["data"];
    EXPECT_EQ(menu.size(), 2U) << menu;
    EXPECT_TRUE(menu.contains("/componentName/strMethod"));
}

TEST_F(HappnerRestTest, WhatNobodyKnowsIsNeverCalled) {
    make_secure();
    EXPECT_EQ(post("/rest/method/nope/me", R"({"parameters":{"a":1}})", {bearer("_ADMIN")}).status, 404);
    EXPECT_EQ(post("/rest/method/nope/me", "{}", {bearer("nobody")}).status, 403);
    EXPECT_EQ(post("/rest/method/componentName/me", "{}", {bearer("_ADMIN")}).status, 404);
    EXPECT_TRUE(mesh.calls.empty());
    EXPECT_EQ(mesh.refreshes, 2) << "who may not call it costs the mesh nothing more";
}

TEST_F(HappnerRestTest, WhatNobodyCouldBeAskedAboutIsNotSaidToBeMissing) {
    mesh.unread = gateway::Error{gateway::Errc::timeout, "the mesh did not answer in time"};
    EXPECT_EQ(post("/rest/method/nope/me", "{}").status, 504);
    mesh.unread = gateway::Error{gateway::Errc::unavailable, "the mesh is not connected"};
    EXPECT_EQ(post("/rest/method/nope/me", "{}").status, 503);
}

TEST_F(HappnerRestTest, AMethodThatHasJustBeenAddedIsCalledOnceWithTheCallersArguments) {
    mesh.on_refresh = [this] {
        mesh.add("added", "late", {"a", "$req_method", "b", "callback"}, [](const Json& args) {
            return FakeMesh::result(args);
        });
    };
    const HttpReply reply = post("/rest/method/added/late", R"({"parameters":{"b":[2],"a":"one"}})");
    EXPECT_EQ(json_of(reply)["data"], nlohmann::json::parse(R"(["one","POST",[2]])"));
    ASSERT_EQ(mesh.calls.size(), 1U);
    EXPECT_EQ(ask("GET", "/rest/method/added/late?a=x").status, 200);
    EXPECT_EQ(mesh.refreshes, 1) << "it is known now";
}

TEST_F(HappnerRestTest, ACallIsMadeAsTheBearerOfItsToken) {
    make_secure();
    post("/rest/method/componentName/methodName", "{}", {bearer("tester")});
    ASSERT_EQ(mesh.calls.size(), 1U);
    EXPECT_EQ(mesh.calls[0].principal.kind, gateway::PrincipalKind::user);
    EXPECT_EQ(mesh.calls[0].principal.token->reveal(), FakeMesh::token_of("tester"));
}

TEST_F(HappnerRestTest, AnInsecureMeshIsCalledWithoutCredential) {
    post("/rest/method/componentName/strMethod", "{}", {bearer("tester")});
    EXPECT_EQ(mesh.calls.at(0).principal.kind, gateway::PrincipalKind::anonymous);
}

TEST_F(HappnerRestTest, ACookieOfAnotherSitesPageIsNoCredential) {
    make_secure();
    const std::string cookie = "happn_token=" + FakeMesh::token_of("tester");
    const auto status = [&](Headers more) {
        more.emplace_back("Cookie", cookie);
        more.emplace_back("Host", "gw:8080");
        return post("/rest/method/componentName/methodName", "{}", std::move(more)).status;
    };
    EXPECT_EQ(status({{"Origin", "http://gw:8080"}}), 200);
    EXPECT_EQ(status({}), 403) << "who says nothing may be such a page";
    EXPECT_EQ(status({{"Origin", "http://evil.example"}}), 403);
    EXPECT_EQ(status({{"Sec-Fetch-Site", "cross-site"}}), 403);
}

TEST_F(HappnerRestTest, ABrowserThatHidesItsPageMakesNoCallOfAnInsecureMesh) {
    const std::string call = "/rest/method/componentName/methodName?a=1";
    const Headers hidden{{"Host", "gw"}, {"User-Agent", "Mozilla/5.0 (X11)"}, {"Accept-Language", "en"}};
    const auto with = [&](Headers headers) {
        headers.insert(headers.end(), hidden.begin(), hidden.end());
        return ask("GET", call, std::move(headers)).status;
    };
    EXPECT_EQ(with({}), 403);
    EXPECT_TRUE(mesh.calls.empty());
    EXPECT_EQ(with({{"Referer", "http://gw/page"}}), 200);
    EXPECT_EQ(with({{"Sec-Fetch-Site", "none"}}), 200);
    EXPECT_EQ(ask("GET", "/rest/describe", hidden).status, 200) << "does nothing, and no page can read it";
    EXPECT_EQ(ask("GET", call, {{"Host", "gw"}, {"User-Agent", "curl/8.0"}}).status, 200);
}

TEST_F(HappnerRestTest, DelegationIsPassedOnAndOnlyOnASecureMesh) {
    post("/rest/method/componentName/methodName", R"({"as":"tester"})");
    EXPECT_EQ(mesh.calls.back().on_behalf_of, "");
    make_secure();
    EXPECT_EQ(post("/rest/method/componentName/methodName", R"({"as":"tester"})", {bearer("_ADMIN")}).status,
              200);
    EXPECT_EQ(mesh.calls.back().on_behalf_of, "tester");
}

TEST_F(HappnerRestTest, NobodyIsCalledForWhoIsNamedByNoText) {
    make_secure();
    const auto status = [&](const std::string& body) {
        return post("/rest/method/componentName/methodName", body, {bearer("_ADMIN")}).status;
    };
    EXPECT_EQ(status(R"({"as":5})"), 403);
    EXPECT_EQ(status(R"({"as":["tester"]})"), 403);
    EXPECT_TRUE(mesh.calls.empty());
    EXPECT_EQ(status(R"({"as":null})"), 200);
    EXPECT_EQ(mesh.calls.back().on_behalf_of, "");
}

TEST_F(HappnerRestTest, NobodyElseCallsAsAdmin) {
    make_secure();
    const std::string body = R"({"as":"_ADMIN"})";
    EXPECT_EQ(post("/rest/method/componentName/methodName", body, {bearer("tester")}).status, 403);
    EXPECT_TRUE(mesh.calls.empty());
    EXPECT_EQ(post("/rest/method/componentName/methodName", body, {bearer("_ADMIN")}).status, 200);
}

// --- guessing -----------------------------------------------------------------------------------

class GuessedPasswords : public HappnerRestTest {
protected:
    GuessedPasswords() {
        make_secure();
        mesh.add_user("other", {"pw", {}});
    }
    HttpReply log_in(const std::string& address, const std::string& user, const std::string& password) {
        from = address;
        return post("/rest/login", Json{{"username", user}, {"password", password}}.dump());
    }
    /// Each from an address of its own.
    void guess_from_many_addresses(const std::string& user, int times) {
        for (int i = 0; i < times; ++i)
            log_in("10.0." + std::to_string(i / 250) + '.' + std::to_string(i % 250), user, "no");
    }
};

TEST_F(GuessedPasswords, AnAddressIsSlowedDownAndToldWhenToComeAgain) {
    for (int i = 0; i < address_allowance.at_once; ++i)
        EXPECT_EQ(log_in("10.0.0.1", "user" + std::to_string(i), "no").status, 401);
    const HttpReply slowed = log_in("10.0.0.1", "tester", "pw");
    EXPECT_EQ(slowed.status, 429);
    EXPECT_EQ(header_of(slowed, "retry-after"), "1");
    EXPECT_EQ(mesh.logins, address_allowance.at_once) << "the mesh is not asked";
    EXPECT_EQ(log_in("10.0.0.2", "tester", "pw").status, 200);
}

TEST_F(GuessedPasswords, AUserWhoIsGuessedFromManyAddressesIsSlowedDownForNewOnes) {
    guess_from_many_addresses("tester", user_allowance.at_once);
    const HttpReply slowed = log_in("10.9.9.9", "tester", "pw");
    EXPECT_EQ(slowed.status, 429);
    EXPECT_EQ(header_of(slowed, "retry-after"), "3");
    EXPECT_EQ(mesh.logins, user_allowance.at_once);
    EXPECT_EQ(log_in("10.9.9.9", "other", "pw").status, 200) << "others are not concerned";
}

TEST_F(GuessedPasswords, AUserIsNotKeptOutOfAPlaceWhereHeHasLoggedInBefore) {
    EXPECT_EQ(log_in("10.9.9.9", "tester", "pw").status, 200);
    guess_from_many_addresses("tester", 2 * user_allowance.at_once);
    EXPECT_EQ(log_in("10.9.9.9", "tester", "pw").status, 200);
    EXPECT_EQ(log_in("10.9.9.8", "tester", "pw").status, 429);
}

TEST_F(GuessedPasswords, GoodLoginsAreNeverCounted) {
    for (int i = 0; i < 3 * user_allowance.at_once; ++i)
        EXPECT_EQ(log_in("10.0.0.1", "tester", "pw").status, 200);
}

// --- while the mesh is asked ---------------------------------------------------------------------

TEST_F(HappnerRestTest, AMethodThatChangesWhileTheTokenIsCheckedIsCalledAsItIsThen) {
    make_secure();
    mesh.takes_its_time = true;
    EXPECT_FALSE(send("GET", "/rest/method/componentName/methodName?a=first&b=second", {bearer("tester")})
                     .has_value());
    mesh.add("componentName", "methodName", {"b", "a", "callback"}, [](const auto& args) {
        return FakeMesh::result(args);
    });
    mesh.give_verdicts();
    EXPECT_EQ(last_args(), R"(["second","first"])");
}

TEST_F(HappnerRestTest, AnAnswerThatComesAfterTheEndIsDropped) {
    EXPECT_FALSE(send("POST", "/rest/method/componentName/neverMethod").has_value());
    made.reset();
    mesh.waiting.front()(FakeMesh::result("late"));  // must touch nothing that is gone
    EXPECT_TRUE(late.has_value());
}

TEST_F(HappnerRestTest, ATokenIsSaidToBeOfTheAddressedMesh) {
    make_secure();
    gateway::RestSettings rest;
    rest.mesh = "site";
    set(rest);
    ask("GET", "/rest/method/componentName/methodName", {bearer("tester")});
    ASSERT_EQ(mesh.calls.size(), 1U);
    EXPECT_EQ(mesh.calls.back().principal.mesh, "site");
}

}  // namespace
}  // namespace rest
