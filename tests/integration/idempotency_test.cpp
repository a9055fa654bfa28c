// `Idempotency-Key` of requests to mapped routes: methods of real meshes, and services, count how often they
// are called.
#include <gmock/gmock.h>

#include <future>

#include "end_to_end.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/http_service.hpp"

namespace {

using namespace support;
using testing::HasSubstr;

constexpr const char* mapping = R"(
routes:
  order:
    from: { http: "POST /orders/{id}", idempotency: optional }
    to:   { call: "testTools/answerAfter", args: [0, "{id}"] }
    respond: { status: 201, headers: { Location: "/orders/{id}" }, body: { order: "{answer.value}" } }
  refused:
    from: { http: "POST /refused", idempotency: optional }
    to:   { call: "testTools/failWith", args: ["OutOfStock", 17] }
  pay:
    from: { http: "POST /payments", idempotency: required }
    to:   { http: "POST ${SERVICE}/held" }
  busy:
    from: { http: "PATCH /busy", idempotency: optional }
    to:   { http: "POST ${SERVICE}/fail/1/503/a" }
  executed:
    from: { http: "GET /executed" }
    to:   { call: "testTools/callCount" }
)";

httplib::Headers with_key(const std::string& key, const std::string& token = {}) {
    httplib::Headers headers{{"Idempotency-Key", key}};
    if (!token.empty()) headers.emplace("Authorization", "Bearer " + token);
    return headers;
}

nlohmann::json problem_of(const httplib::Result& answer) {
    EXPECT_EQ(answer->get_header_value("Content-Type"), "application/problem+json");
    return nlohmann::json::parse(answer->body);
}

class ARequestWithAKey : public testing::Test {
protected:
    explicit ARequestWithAKey(bool secure = false)
        : mesh{{.secure = secure}},
          gateway{{.settings = mesh_settings(mesh, secure ? ", username: _ADMIN, password: happn" : "") +
                               "rest: { mesh: site }\n",
                   .mappings = {{"orders.yaml", mapping}},
                   .environment = {{"SERVICE", service.url()}}}} {}

    httplib::Result post(const std::string& path,
                         const httplib::Headers& headers,
                         const std::string& body = "{}") {
        return gateway.http().Post(path, headers, body, "application/json");
    }

    JsMesh mesh;
    HttpService service;
    GatewayProcess gateway;
};

TEST_F(ARequestWithAKey, IsExecutedOnce) {
    const auto first = post("/orders/7", with_key("\"k1\""));
    const auto second = post("/orders/7", with_key("k1"));
    EXPECT_EQ(first->status, 201) << first->body;
    EXPECT_EQ(first->body, R"({"order":"7"})");
    EXPECT_FALSE(first->has_header("Idempotent-Replayed"));
    EXPECT_EQ(second->status, 201);
    EXPECT_EQ(second->body, first->body);
    EXPECT_EQ(second->get_header_value("Location"), "/orders/7");
    EXPECT_EQ(second->get_header_value("Idempotent-Replayed"), "true");
    EXPECT_EQ(gateway.http().Get("/executed")->body, "1");
    EXPECT_EQ(post("/orders/7", with_key("k2"))->status, 201);
    EXPECT_EQ(gateway.http().Get("/executed")->body, "2");
    EXPECT_THAT(gateway.metrics(), HasSubstr("happn_gateway_idempotency_replayed_total 1\n"));
}

TEST_F(ARequestWithAKey, MustBeTheSameRequest) {
    EXPECT_EQ(post("/orders/7", with_key("k1"), R"({"n":1})")->status, 201);
    const auto other = post("/orders/7", with_key("k1"), R"({"n":2})");
    EXPECT_EQ(other->status, 422);
    EXPECT_EQ(problem_of(other).at("name"), "IdempotencyKeyReused");
    EXPECT_EQ(gateway.http().Get("/executed")->body, "1");
}

TEST_F(ARequestWithAKey, IsAnsweredWithTheMethodsOwnErrorAgain) {
    const auto first = post("/refused", with_key("k1"));
    const auto second = post("/refused", with_key("k1"));
    EXPECT_EQ(first->status, 502) << first->body;
    EXPECT_EQ(second->status, 502);
    EXPECT_EQ(second->body, first->body);
    EXPECT_EQ(gateway.route("refused").matched, 1U);
}

TEST_F(ARequestWithAKey, ThatComesTwiceAtOnceIsExecutedOnce) {
    auto first = std::async(std::launch::async, [&] { return post("/payments", with_key("k1"))->status; });
    service.next_request("/held");
    const auto second = post("/payments", with_key("k1"));
    EXPECT_EQ(second->status, 409);
    EXPECT_EQ(second->get_header_value("Retry-After"), "1");
    EXPECT_EQ(problem_of(second).at("name"), "IdempotencyKeyInUse");
    httplib::Client{service.url()}.Get("/release");
    EXPECT_EQ(first.get(), 200);
    const auto third = post("/payments", with_key("k1"));
    EXPECT_EQ(third->status, 200);
    EXPECT_EQ(third->get_header_value("Idempotent-Replayed"), "true");
    EXPECT_EQ(gateway.route("pay").matched, 1U);
}

TEST_F(ARequestWithAKey, ThatAServiceTurnedAwayIsSentAgain) {
    const auto patch = [&] {
        return gateway.http().Patch("/busy", with_key("k1"), "{}", "application/json");
    };
    EXPECT_EQ(patch()->status, 502);
    const auto again = patch();
    EXPECT_EQ(again->status, 200);
    EXPECT_FALSE(again->has_header("Idempotent-Replayed"));
    EXPECT_EQ(patch()->get_header_value("Idempotent-Replayed"), "true");
}

TEST_F(ARequestWithAKey, NeedsOneWhereTheRouteSaysSo) {
    for (const httplib::Headers& headers : {httplib::Headers{}, with_key("a b")}) {
        const auto answer = post("/payments", headers);
        EXPECT_EQ(answer->status, 400);
        EXPECT_THAT(problem_of(answer).at("detail").get<std::string>(), HasSubstr("Idempotency-Key"));
    }
    EXPECT_EQ(gateway.route("pay").matched, 0U);
}

class ARequestWithAKeyOfAUser : public ARequestWithAKey {
protected:
    ARequestWithAKeyOfAUser() : ARequestWithAKey{true} {}

    std::string login(const std::string& username, const std::string& password) {
        const nlohmann::json body{{"username", username}, {"password", password}};
        const auto answer = gateway.http().Post("/rest/login", body.dump(), "application/json");
        return nlohmann::json::parse(answer->body).at("data").at("token");
    }
};

TEST_F(ARequestWithAKeyOfAUser, IsThatUsersWhateverTheToken) {
    const std::string once = login("_ADMIN", "happn");
    const std::string later = login("_ADMIN", "happn");
    ASSERT_NE(once, later);
    EXPECT_EQ(post("/orders/7", with_key("k1", once))->status, 201);
    EXPECT_EQ(post("/orders/7", with_key("k1", later))->get_header_value("Idempotent-Replayed"), "true");
    const auto stranger = post("/orders/7", with_key("k1", login("tester", "pw")));
    EXPECT_FALSE(stranger->has_header("Idempotent-Replayed")) << stranger->body;
    EXPECT_EQ(post("/orders/7", with_key("k1"))->status, 401);
}

}  // namespace
