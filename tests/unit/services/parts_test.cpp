// What a request is made of and what becomes of its answer, without a socket.
#include <gtest/gtest.h>

#include "adapters/services/answer.hpp"
#include "adapters/services/network_address.hpp"
#include "adapters/services/request_headers.hpp"
#include "adapters/services/response_cache.hpp"
#include "adapters/services/signature.hpp"

namespace services {
namespace {

using namespace std::chrono_literals;
using gateway::Bytes;
using gateway::Encoding;
using gateway::HttpTarget;
using gateway::NameValue;
using gateway::Payload;

// --- signature ---

TEST(Signature, IsThatOfRfc4231) {
    EXPECT_EQ(hmac_sha256("Jefe", "what do ya want for nothing?"),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Signature, CoversTheTimeWhereOneIsSent) {
    const gateway::HttpSignature rule{gateway::Secret{"Jefe"}, "X-Signature", "X-Timestamp"};
    const auto headers = signature_headers(rule, "{}", 1'700'000'000'999);
    ASSERT_EQ(headers.size(), 2U);
    EXPECT_EQ(headers[0], (NameValue{"X-Timestamp", "1700000000"}));
    EXPECT_EQ(headers[1], (NameValue{"X-Signature", "sha256=" + hmac_sha256("Jefe", "1700000000.{}")}));
}

// --- addresses ---

TEST(PrivateAddress, IsWhatOnlyTheOwnNetworkReaches) {
    for (const std::string ip : {"127.0.0.1",
                                 "127.9.9.9",
                                 "10.1.2.3",
                                 "172.16.0.1",
                                 "172.31.255.255",
                                 "192.168.1.1",
                                 "169.254.169.254",
                                 "100.64.0.1",
                                 "0.0.0.0",
                                 "224.0.0.1",
                                 "255.255.255.255",
                                 "::1",
                                 "::",
                                 "fe80::1",
                                 "fd00::1",
                                 "::ffff:10.0.0.1",
                                 "64:ff9b::7f00:1",
                                 "2002:7f00:1::",
                                 "ff02::1",
                                 "no address",
                                 ""})
        EXPECT_TRUE(is_private_address(ip)) << ip;
    for (const std::string ip : {"93.184.216.34",
                                 "172.15.0.1",
                                 "172.32.0.1",
                                 "192.167.0.1",
                                 "8.8.8.8",
                                 "2606:2800:220:1::",
                                 "::ffff:8.8.8.8",
                                 "64:ff9b::808:808"})
        EXPECT_FALSE(is_private_address(ip)) << ip;
}

// --- answers ---

ServiceResponse response(int status, std::string type, std::string body) {
    return {status, std::move(type), std::move(body)};
}

TEST(ServiceAnswer, IsJsonTextOrBytesByItsType) {
    const HttpTarget rule;
    const auto json =
        outcome_of(rule, response(200, "application/problem+json; charset=utf-8", "{\"n\":1.50}"));
    EXPECT_EQ(json.answer.encoding, Encoding::json);
    EXPECT_EQ(json.answer.bytes.view(), "{\"n\":1.50}");
    EXPECT_EQ(outcome_of(rule, response(200, "Text/Plain", "a")).answer.encoding, Encoding::text);
    EXPECT_EQ(outcome_of(rule, response(200, "text/plain", "\xff")).answer.encoding, Encoding::bytes);
    EXPECT_EQ(outcome_of(rule, response(200, "", "a")).answer.encoding, Encoding::bytes);
    EXPECT_EQ(outcome_of(rule, response(204, "", "")).answer.bytes.view(), "null");
}

TEST(ServiceAnswer, OutsideOkIsAnErrorWithTheServicesOwnWords) {
    const HttpTarget rule;
    const auto outcome = outcome_of(rule, response(404, "application/json", " {\"reason\":\"gone\"} "));
    ASSERT_TRUE(outcome.error);
    EXPECT_EQ(outcome.error->name, "HttpError");
    EXPECT_EQ(outcome.error->code, 404);
    EXPECT_EQ(
        outcome.error->detail.view(),
        R"({"name":"HttpError","code":404,"message":"the service answered 404","body":{"reason":"gone"}})");
    EXPECT_NE(
        outcome_of(rule, response(500, "text/html", "<p>")).error->detail.view().find(R"("body":"<p>")"),
        std::string_view::npos);
}

TEST(ServiceAnswer, IsAsOkSays) {
    HttpTarget rule;
    rule.ok = {{200, 200}, {404, 404}};
    EXPECT_FALSE(outcome_of(rule, response(404, "", "")).error);
    EXPECT_TRUE(outcome_of(rule, response(201, "", "")).error);
}

TEST(ServiceAnswer, OfJsonThatIsNoneIsAnError) {
    EXPECT_EQ(outcome_of({}, response(200, "application/json", "{\"a\":tru}")).error->name, "HttpError");
}

// --- headers ---

TEST(RequestHeaders, HaveTheCredentialAndTheContentType) {
    HttpTarget rule;
    rule.sends_body = true;
    rule.credential.username = "Aladdin";
    rule.credential.password = gateway::Secret{"open sesame"};
    gateway::Output output;
    output.payload = Payload{Bytes::literal("{}"), Encoding::json, {}};
    const std::vector<NameValue> expected{{"Authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
                                          {"Content-Type", "application/json"}};
    EXPECT_EQ(lasting_headers(rule, output), expected);
    output.headers = {{"content-type", "application/vnd.own"}};
    EXPECT_EQ(lasting_headers(rule, output).size(), 2U);
}

TEST(RequestHeaders, ATypeThatWouldBeginAHeaderOfItsOwnIsNone) {
    gateway::HttpTarget rule;
    rule.sends_body = true;
    gateway::Output output;
    output.payload =
        gateway::Payload{gateway::Bytes{std::string{"x"}}, gateway::Encoding::bytes, "a/b\r\nX-Admin: 1"};
    const std::vector<gateway::NameValue> expected{{"Content-Type", "application/octet-stream"}};
    EXPECT_EQ(lasting_headers(rule, output), expected);
}

TEST(RequestHeaders, HaveAKeyWhereARequestMayBeSentTwice) {
    HttpTarget rule;
    gateway::Output once, kept;
    kept.attempt_of = "spool-1-0";
    rule.method = "POST";
    EXPECT_EQ(idempotency_key(rule, once, "own"), "");
    EXPECT_EQ(idempotency_key(rule, kept, "own"), "spool-1-0");
    rule.retry.max = 1;
    EXPECT_EQ(idempotency_key(rule, once, "own"), "own");
    EXPECT_EQ(idempotency_key(rule, kept, "own"), "spool-1-0") << "whoever sends it again";
    rule.method = "PUT";
    EXPECT_EQ(idempotency_key(rule, once, "own"), "");
    EXPECT_EQ(idempotency_key(rule, kept, "own"), "");
}

// --- cache ---

TEST(ResponseCache, GivesAnAnswerUntilItsTime) {
    ResponseCache cache{10'000};
    cache.keep("a", Payload{Bytes::literal("1"), Encoding::json, {}}, gateway::TimePoint{10s});
    EXPECT_EQ(cache.find("a", gateway::TimePoint{9s})->bytes.view(), "1");
    EXPECT_FALSE(cache.find("a", gateway::TimePoint{10s}));
    EXPECT_EQ(cache.bytes(), 0U);
}

TEST(ResponseCache, LetsGoWhatWasUsedLongestAgo) {
    ResponseCache cache{2'500};
    const auto keep = [&](const std::string& key, std::size_t size) {
        cache.keep(key, Payload{Bytes{std::string(size, 'x')}, Encoding::text, {}}, gateway::TimePoint{1h});
    };
    keep("a", 500);
    keep("b", 500);
    ASSERT_TRUE(cache.find("a", {}));
    keep("c", 500);
    EXPECT_TRUE(cache.find("a", {}));
    EXPECT_FALSE(cache.find("b", {}));
    EXPECT_TRUE(cache.find("c", {}));
    keep("huge", 10'000);
    EXPECT_FALSE(cache.find("huge", {}));
    EXPECT_TRUE(cache.find("c", {}));
    EXPECT_LE(cache.bytes(), 2'500U);
}

}  // namespace
}  // namespace services
