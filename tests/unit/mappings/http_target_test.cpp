// `to: { http: ... }`: what is compiled of it, what is found wrong, and how tests in the file see it.
#include <gmock/gmock.h>

#include "gateway/routes_json.hpp"
#include "mapping_support.hpp"
#include "mappings/mapping_test.hpp"

namespace mappings {
namespace {

using namespace std::chrono_literals;
using gateway::HttpTarget;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string with_target(const std::string& target) {
    return "routes:\n  r:\n    from: { mqtt: \"a/{x}\" }\n    to: " + target + "\n";
}

/// "HG204: the message" of each finding.
std::vector<std::string> found(const std::string& target) {
    std::vector<std::string> lines;
    for (const auto& finding : load_text(with_target(target)).findings)
        lines.push_back(finding.code + ": " + finding.message);
    return lines;
}

HttpTarget compiled(const std::string& target) {
    const auto loaded = load_text(with_target(target));
    return std::get<HttpTarget>(route_of(loaded, "r").targets.front().rule);
}

TEST(HttpTarget, KeepsItsOptions) {
    const auto target =
        compiled(R"({ http: "POST https://w.example/{x}", headers: { X-Site: "{x}" }, ok: [200..204, 409],
      auth: { bearer: "t0ken\n" }, sign: { secret: s3cret, timestamp: X-Time }, concurrency: 4, max_response: 64KiB,
      retry: { max: 3, backoff: 100ms..5s, when: [network, 429, 5xx], attempt: 2s }, timeout: 30s })");
    EXPECT_EQ(target.method, "POST");
    EXPECT_TRUE(target.sends_body);
    EXPECT_EQ(target.url.origin(), "https://w.example");
    EXPECT_TRUE(target.ok[0].has(204) && target.ok[1].has(409) && !target.ok[0].has(205));
    EXPECT_EQ(target.credential.bearer.reveal(), "t0ken");
    EXPECT_EQ(target.signature->header, "X-Signature");
    EXPECT_EQ(target.signature->timestamp_header, "X-Time");
    EXPECT_EQ(target.retry.max, 3);
    EXPECT_EQ(target.retry.backoff_min, 100ms);
    EXPECT_EQ(target.retry.backoff_max, 5s);
    EXPECT_EQ(target.retry.attempt, 2s);
    EXPECT_EQ(target.retry.statuses.size(), 2U);
    EXPECT_EQ(target.concurrency, 4U);
    EXPECT_EQ(target.max_response, 65536U);
}

TEST(HttpTarget, NeedsAMethodAndAHostThatIsWrittenOut) {
    EXPECT_THAT(found(R"({ http: "https://w.example/" })"), ElementsAre(HasSubstr("HG204: an http target")));
    EXPECT_THAT(found(R"({ http: "FETCH https://w.example/" })"), ElementsAre(HasSubstr("HG204")));
    EXPECT_THAT(found(R"({ http: "GET https://{x}.example/" })"),
                ElementsAre("HG204: the host of a URL is never taken from a message"));
    EXPECT_THAT(found(R"({ http: "GET https://w.example/{y}" })"), ElementsAre(HasSubstr("HG202")));
}

TEST(HttpTarget, FindsKeysThatDoNotGoWithTheMethod) {
    EXPECT_THAT(found(R"({ http: "GET https://w.example/", body: { a: 1 } })"),
                ElementsAre(HasSubstr("HG414: 'body'")));
    EXPECT_THAT(found(R"({ http: "POST https://w.example/", cache: 1m })"),
                ElementsAre(HasSubstr("HG414: 'cache'")));
    EXPECT_THAT(found(R"({ http: "GET https://w.example/", sign: { secret: s } })"),
                ElementsAre(HasSubstr("HG414: 'sign'")));
    EXPECT_THAT(found(R"({ http: "PUT https://w.example/", redirects: 1 })"),
                ElementsAre(HasSubstr("HG414: 'redirects'")));
    EXPECT_THAT(
        found(R"({ http: "GET https://w.example/", cache: 1m, redirects: 3, private_addresses: true })"),
        IsEmpty());
}

TEST(HttpTarget, FindsValuesThatMeanNothing) {
    for (const std::string wrong : {"ok: [2000]",
                                    "ok: [299..200]",
                                    "ok: fine",
                                    "retry: { max: 1, backoff: soon }",
                                    "retry: { max: 1, backoff: 5s..1s }",
                                    "retry: { max: 1, when: [sometimes] }",
                                    "auth: { bearer: \"a\\nb\" }",
                                    "auth: { basic: { username: \"a:b\", password: p } }",
                                    "headers: { Host: h }",
                                    "headers: { \"a b\": h }",
                                    "tls: { certificate: c }"})
        EXPECT_THAT(found("{ http: \"GET https://w.example/\", " + wrong + " }"), testing::Not(IsEmpty()))
            << wrong;
    EXPECT_THAT(found(R"({ http: "GET https://w.example/", tls: { verify: false } })"),
                ElementsAre(HasSubstr("HG417")));
}

TEST(HttpTarget, IsListedWithoutItsSecrets) {
    const auto loaded = load_text(with_target(
        R"({ http: "POST https://w.example/{x}?key=k3y", auth: { bearer: t0ken }, sign: { secret: s3cret } })"));
    const auto listed = gateway::routes_json(*loaded.table);
    EXPECT_THAT(listed, HasSubstr("http POST https://w.example/{x}"));
    for (const auto* secret : {"k3y", "t0ken", "s3cret"})
        EXPECT_EQ(listed.find(secret), std::string::npos) << secret;
}

TEST(HttpTarget, IsSeenByTestsInTheFile) {
    const auto loaded = load_text(R"(
defaults: { http: { timeout: 3s } }
routes:
  hook:
    from: { mqtt: "alarms/{zone}" }
    to: { http: "POST https://w.example/hooks/{zone}", headers: { X-Zone: "{zone}" }, body: { at: "{payload.at}" } }
  city:
    from: { http: "GET /cities/{city}" }
    to: { http: "GET https://w.example/v1/{city}" }
    errors: [ { name: HttpError, code: 404, status: 404 } ]
tests:
  - name: an alarm is posted
    send: { mqtt: "alarms/z 1", json: { at: 5 } }
    expect: [ { route: hook, http: "POST https://w.example/hooks/z%201", headers: { x-zone: "z 1" }, json: { at: 5 } } ]
  - name: what the service answers is answered
    mock: { "http GET https://w.example/v1/+": { answer: { celsius: 20 } } }
    send: { http: "GET /cities/oslo" }
    expect: [ { http: "GET https://w.example/v1/oslo" }, { status: 200, json: { celsius: 20 } } ]
  - name: a city that the service does not know
    mock: { "http GET https://w.example/#": { error: { name: HttpError, code: 404 } } }
    send: { http: "GET /cities/nowhere" }
    expect: { status: 404 }
)");
    ASSERT_NE(loaded.table, nullptr) << all_text(loaded.findings);
    EXPECT_EQ(route_of(loaded, "city").targets.front().timeout, 3s);
    const auto report = run_tests(loaded.table, loaded.tests);
    EXPECT_EQ(report.failed(), 0U) << report_text(report);
}

TEST(HttpTarget, WithAnotherHeaderFailsTheTestThatExpectsIt) {
    const auto loaded = load_text(R"(
routes: { hook: { from: { mqtt: "a" }, to: { http: "POST https://w.example/", headers: { X-A: "1" } } } }
tests: [ { name: t, send: { mqtt: a, json: 1 }, expect: [ { http: "POST https://w.example/", headers: { x-a: "2" } } ] } ]
)");
    ASSERT_NE(loaded.table, nullptr) << all_text(loaded.findings);
    EXPECT_EQ(run_tests(loaded.table, loaded.tests).failed(), 1U);
}

}  // namespace
}  // namespace mappings
