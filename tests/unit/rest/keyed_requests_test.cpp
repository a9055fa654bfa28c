// `Idempotency-Key` on mapped routes: what is executed, and who is answered how.
#include <gmock/gmock.h>

#include "tests/unit/rest/surface_test_base.hpp"

namespace rest {
namespace {

using gateway::Errc;
using gateway::Error;
using gateway::Outcome;
using testing::HasSubstr;
using Idempotency = gateway::HttpSource::Idempotency;

gateway::Route heeding(Idempotency idempotency, std::string method = "POST") {
    auto route = gateway::http_to_happn_get("orders", std::move(method), "/orders/{id}", "/orders/{id}");
    auto& source = std::get<gateway::HttpSource>(route.source);
    source.idempotency = idempotency;
    source.body = gateway::HttpSource::Body::json;
    source.query.push_back({.name = "fast"});
    source.origins = {"https://app.example"};
    return route;
}

gateway::Route stream_that_requires_one() {
    auto route = heeding(Idempotency::required);
    gateway::HappnStream stream;
    stream.mesh = "node";
    stream.path = gateway::AddressTemplate::parse(
                      "/orders/*", gateway::AddressTemplate::Kind::happn, gateway::Scope{}, true)
                      .value();
    gateway::StreamTarget rule;
    rule.from = std::move(stream);
    route.targets.front().rule = std::move(rule);
    return route;
}

class RequestsWithAKey : public SurfaceTest {
protected:
    RequestsWithAKey() { use({heeding(Idempotency::optional)}); }

    std::optional<HttpReply> order(std::string key,
                                   std::string body = "{}",
                                   Headers headers = {},
                                   std::string target = "/orders/1") {
        headers.emplace_back("Idempotency-Key", std::move(key));
        headers.emplace_back("Content-Type", "application/json");
        return send("POST", std::move(target), std::move(headers), std::move(body));
    }
    std::size_t executed() const { return sinks.node.delivered.size(); }

    /// The reply to the last one that was executed.
    HttpReply end_with(Outcome outcome) {
        dispatcher.on_outcome(sinks.node.delivered.back().first, std::move(outcome));
        return std::exchange(late, std::nullopt).value_or(HttpReply{});
    }
    HttpReply succeed(std::string answer = "{\"order\":1}") {
        return end_with(Outcome{{gateway::Bytes{std::move(answer)}, gateway::Encoding::json, {}}});
    }
    HttpReply fail(Errc errc) { return end_with(Outcome{Error{errc, "why"}}); }
    static std::string name_of(const HttpReply& reply) { return json_of(reply).value("name", ""); }
    static bool is_replay(const HttpReply& reply) {
        return header_of(reply, "Idempotent-Replayed") == "true";
    }
};

TEST_F(RequestsWithAKey, ARepeatedRequestIsAnsweredAsTheFirstAndNotExecuted) {
    order("k1");
    const HttpReply first = succeed();
    EXPECT_FALSE(is_replay(first));
    const auto second = order("\"k1\"");
    ASSERT_TRUE(second);
    EXPECT_EQ(second->status, first.status);
    EXPECT_EQ(second->content_type, first.content_type);
    EXPECT_EQ(second->body.view(), R"({"order":1})");
    EXPECT_TRUE(is_replay(*second));
    EXPECT_EQ(executed(), 1U);
}

TEST_F(RequestsWithAKey, OneThatComesMeanwhileIsToldToComeLater) {
    order("k1");
    const auto second = order("k1");
    ASSERT_TRUE(second);
    EXPECT_EQ(second->status, 409);
    EXPECT_EQ(second->content_type, problem_type);
    EXPECT_EQ(name_of(*second), "IdempotencyKeyInUse");
    EXPECT_EQ(header_of(*second, "Retry-After"), "1");
    EXPECT_EQ(executed(), 1U);
    EXPECT_EQ(succeed().status, 200);
}

TEST_F(RequestsWithAKey, AnotherRequestMustNotHaveTheSameKey) {
    order("k1", R"({"n":1})");
    succeed();
    for (const auto& [target, body] : {std::pair{"/orders/1", R"({"n":2})"},
                                       std::pair{"/orders/2", R"({"n":1})"},
                                       std::pair{"/orders/1?fast=1", R"({"n":1})"}}) {
        const auto other = order("k1", body, {}, target);
        ASSERT_TRUE(other) << target;
        EXPECT_EQ(other->status, 422);
        EXPECT_EQ(name_of(*other), "IdempotencyKeyReused");
    }
    EXPECT_EQ(executed(), 1U);
}

TEST_F(RequestsWithAKey, WithoutAKeyOrWithAnotherAreExecuted) {
    order("k1");
    succeed();
    EXPECT_FALSE(order("k2"));
    succeed();
    EXPECT_FALSE(send("POST", "/orders/1", {}, "{}"));
    succeed();
    EXPECT_FALSE(send("POST", "/orders/1", {}, "{}"));
    EXPECT_EQ(executed(), 4U);
    succeed();
}

TEST_F(RequestsWithAKey, AKeyThatIsNoneIs400) {
    for (const std::string& key : {std::string{}, std::string{"a b"}, std::string(256, 'a')}) {
        const auto reply = order(key);
        ASSERT_TRUE(reply) << key;
        EXPECT_EQ(reply->status, 400);
        EXPECT_THAT(json_of(*reply).value("detail", ""), HasSubstr("Idempotency-Key"));
    }
    EXPECT_EQ(order("k1", "{}", {{"Idempotency-Key", "k2"}})->status, 400);
    EXPECT_EQ(executed(), 0U);
}

TEST_F(RequestsWithAKey, ARouteMayRequireAKey) {
    use({heeding(Idempotency::required)});
    const auto reply = send("POST", "/orders/1", {}, "{}");
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 400);
    EXPECT_EQ(json_of(*reply).value("detail", ""), "this route requires the header Idempotency-Key");
    EXPECT_FALSE(order("k1"));
    succeed();
}

TEST_F(RequestsWithAKey, ARouteThatSaysNothingDoesNotHeedThem) {
    use({heeding(Idempotency::none)});
    for (int i = 0; i < 2; ++i) {
        EXPECT_FALSE(order("k1"));
        EXPECT_FALSE(is_replay(succeed()));
    }
    EXPECT_FALSE(order("no key at all"));
    succeed();
}

TEST_F(RequestsWithAKey, WhatWasNotExecutedMayBeSentAgain) {
    for (const Errc errc :
         {Errc::access_denied, Errc::unauthorized, Errc::offline, Errc::overloaded, Errc::unavailable}) {
        EXPECT_FALSE(order("k1")) << gateway::error_name(errc);
        EXPECT_GE(fail(errc).status, 400);
    }
    EXPECT_FALSE(order("k1"));
    end_with(Outcome{Error{Errc::http_error, "HttpError", 503, "the service is busy"}});
    EXPECT_FALSE(order("k1"));
    succeed();
}

TEST_F(RequestsWithAKey, WhatMayHaveBeenExecutedIsNot) {
    for (const Errc errc : {Errc::timeout, Errc::mesh_error, Errc::refused}) {
        const std::string key{gateway::error_name(errc)};
        EXPECT_FALSE(order(key));
        const int status = fail(errc).status;
        const auto again = order(key);
        ASSERT_TRUE(again) << key;
        EXPECT_EQ(again->status, status);
        EXPECT_TRUE(is_replay(*again));
    }
}

TEST_F(RequestsWithAKey, WhatMayHaveBeenExecutedIsNotWhateverStatusItsRouteGivesThat) {
    auto route = heeding(Idempotency::optional);
    gateway::ErrorRule rule;
    rule.name = "Timeout";
    rule.status = 503;
    route.errors.push_back(std::move(rule));
    use({std::move(route)});
    order("k1");
    EXPECT_EQ(fail(Errc::timeout).status, 503);
    const auto again = order("k1");
    ASSERT_TRUE(again);
    EXPECT_TRUE(is_replay(*again));
}

TEST_F(RequestsWithAKey, AnExecutionThatEndsWithoutAnAnswerFreesItsKey) {
    order("k1");
    dispatcher.fail_all(Error{Errc::unavailable, "the mesh is gone"});
    EXPECT_EQ(std::exchange(late, std::nullopt)->status, 503);
    EXPECT_FALSE(order("k1"));
    succeed();
}

TEST_F(RequestsWithAKey, CallersDoNotSeeEachOthersAnswers) {
    make_secure();
    order("k1", "{}", {bearer("tester")});
    succeed("1");
    EXPECT_FALSE(order("k1", "{}", {bearer("_ADMIN")})) << "it is another caller's";
    succeed("2");
    EXPECT_EQ(order("k1", "{}", {bearer("tester")})->body.view(), "1");
    EXPECT_EQ(order("k1", "{}", {bearer("_ADMIN")})->body.view(), "2");
    from = "192.0.2.1";
    EXPECT_EQ(order("k1", "{}", {bearer("tester")})->body.view(), "1") << "the caller, not the address";
    EXPECT_EQ(order("k1")->status, 401);
}

TEST_F(RequestsWithAKey, ATokenInTheQueryIsNoPartOfTheRequest) {
    make_secure();
    order("k1", "{}", {bearer("tester")});
    succeed();
    const auto again = order("k1", "{}", {}, "/orders/1?happn_token=" + FakeMesh::token_of("tester"));
    ASSERT_TRUE(again);
    EXPECT_TRUE(is_replay(*again));
}

TEST_F(RequestsWithAKey, ForStreamsAreAsAnyOther) {
    use({stream_that_requires_one()});
    for (int i = 0; i < 2; ++i) {
        EXPECT_FALSE(order("k1", "{}", {{"Accept", "text/event-stream"}}));
        EXPECT_FALSE(is_replay(fail(Errc::mesh_error)));
    }
    EXPECT_FALSE(send("POST", "/orders/1", {{"Accept", "text/event-stream"}}, "{}")) << "none is required";
    EXPECT_EQ(executed(), 3U);
    fail(Errc::mesh_error);
}

TEST_F(RequestsWithAKey, RoutesHaveKeysOfTheirOwn) {
    auto other = heeding(Idempotency::optional, "PATCH");
    other.name = "change";
    use({heeding(Idempotency::optional), std::move(other)});
    order("k1");
    succeed();
    EXPECT_FALSE(send("PATCH", "/orders/1", {{"Idempotency-Key", "k1"}}, "{}"));
    succeed();
}

TEST_F(RequestsWithAKey, PagesOfAnotherOriginAreAnsweredLikewise) {
    const Headers page{{"Origin", "https://app.example"}};
    order("k1", "{}", page);
    succeed();
    const auto again = order("k1", "{}", page);
    ASSERT_TRUE(again);
    EXPECT_EQ(header_of(*again, "Access-Control-Allow-Origin"), "https://app.example");
    const HttpReply preflight = ask("OPTIONS",
                                    "/orders/1",
                                    {{"Origin", "https://app.example"},
                                     {"Access-Control-Request-Method", "POST"},
                                     {"Access-Control-Request-Headers", "idempotency-key"}});
    EXPECT_THAT(header_of(preflight, "Access-Control-Allow-Headers"), HasSubstr("idempotency-key"));
}

TEST_F(RequestsWithAKey, AreCounted) {
    order("k1");
    order("k1");
    succeed();
    order("k1");
    order("k1", "[]");
    const std::string text = metrics.text({}, {});
    for (const char* counter :
         {"idempotency_keys", "idempotency_in_use", "idempotency_replayed", "idempotency_reused"})
        EXPECT_THAT(text, HasSubstr("happn_gateway_" + std::string{counter} + "_total 1\n"));
}

TEST_F(RequestsWithAKey, ThatAreTooManyAreToldToComeLater) {
    settings.idempotency.keys = 1;
    order("k1");
    const auto second = order("k2");
    ASSERT_TRUE(second);
    EXPECT_EQ(second->status, 503);
    EXPECT_EQ(header_of(*second, "Retry-After"), "1");
    succeed();
}

}  // namespace
}  // namespace rest
