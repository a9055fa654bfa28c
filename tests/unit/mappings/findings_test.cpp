// Bad mapping files: each with the exact code, line and column of all that is wrong with it.
#include <gmock/gmock.h>

#include "mapping_support.hpp"

namespace mappings {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;

struct Bad {
    const char* what;
    const char* text;
    std::vector<std::string> findings;
};

std::ostream& operator<<(std::ostream& out, const Bad& bad) {
    return out << bad.what;
}

class BadMapping : public testing::TestWithParam<Bad> {};

TEST_P(BadMapping, HasTheseFindings) {
    const auto loaded = load_text(GetParam().text);
    EXPECT_THAT(brief(loaded.findings), ElementsAreArray(GetParam().findings)) << all_text(loaded.findings);
    EXPECT_EQ(loaded.table, nullptr);
}

const std::vector<Bad> yaml_and_shape{
    {"an anchor", "vars: { a: &x 1 }\n", {"HG401 1:12"}},
    {"an alias", "vars: { a: &x 1, b: *x }\n", {"HG401 1:12", "HG401 1:21"}},
    {"a duplicate key", "routes: {}\nroutes: {}\n", {"HG403 2:1"}},
    {"a second document", "routes: {}\n---\nroutes: {}\n", {"HG404 2:1"}},
    {"a list for a file", "- a\n", {"HG407 1:1"}},
    {"an unknown key", "rotues: {}\n", {"HG201 1:1"}},
    {"a later version", "version: 2\nroutes: {}\n", {"HG412 1:10"}},
    {"routes as a list", "routes: [a]\n", {"HG407 1:9"}},
    {"no source", "routes: { r: { to: { answer: 1 } } }\n", {"HG408 1:11"}},
    {"no target", "routes: { r: { from: { mqtt: a } } }\n", {"HG408 1:11"}},
    {"an empty list of targets", "routes: { r: { from: { mqtt: a }, to: [] } }\n", {"HG408 1:39"}},
    {"a source without its key", "routes: { r: { from: { qos: 1 }, to: { answer: 1 } } }\n", {"HG408 1:22"}},
    {"two sources in one",
     "routes: { r: { from: { mqtt: a, happn: \"on /a\" }, to: { answer: 1 } } }\n",
     {"HG414 1:33"}},
    {"qos out of range", "routes: { r: { from: { mqtt: a, qos: 3 }, to: { answer: 1 } } }\n", {"HG409 1:38"}},
    {"qos as text", "routes: { r: { from: { mqtt: a, qos: \"1\" }, to: { answer: 1 } } }\n", {"HG407 1:38"}},
    {"a word that is none",
     "routes: { r: { from: { mqtt: a, retained: aply }, to: { answer: 1 } } }\n",
     {"HG409 1:43"}},
    {"no actions",
     "routes: { r: { from: { happn: \"on /a\", actions: [] }, to: { answer: 1 } } }\n",
     {"HG409 1:49"}},
    {"a duration without a unit",
     "routes: { r: { from: { mqtt: a }, to: { call: a/b, timeout: 5 } } }\n",
     {"HG407 1:61"}},
    {"no time at all",
     "routes: { r: { from: { mqtt: a }, to: { call: a/b, timeout: 0s } } }\n",
     {"HG407 1:61"}},
    {"a size without a unit",
     "routes: { r: { from: { http: \"GET /a\", max_body: 5 }, to: { answer: 1 } } }\n",
     {"HG407 1:50"}},
    {"a topic that is a map",
     "routes: { r: { from: { mqtt: {device} }, to: { answer: 1 } } }\n",
     {"HG406 1:30"}},
    {"a template in a map without quotes",
     "routes: { r: { from: { mqtt: a }, map: { c: {payload.t} }, to: { answer: 1 } } }\n",
     {"HG406 1:45"}},
    {"a target without quotes", "routes: { r: { from: { mqtt: a }, to: {payload.t} } }\n", {"HG408 1:39"}},
    {"a name with blanks", "routes: { \"a b\": { from: { mqtt: a }, to: { answer: 1 } } }\n", {"HG210 1:11"}},
    {"two findings in one route",
     "routes:\n  r:\n    form: 1\n    from: { mqtt: a }\n    to: { happn: \"set /x/{y}\" }\n",
     {"HG201 3:5", "HG202 5:27"}},
};

const std::vector<Bad> deliveries{
    {"a guarantee that is none",
     "routes: { r: { from: { mqtt: a, qos: 1 }, delivery: exactly-once, to: { mqtt: b, qos: 1 } } }\n",
     {"HG409 1:53"}},
    {"a delivery without its guarantee",
     "routes: { r: { from: { mqtt: a, qos: 1 }, delivery: { ttl: 1h }, to: { mqtt: b, qos: 1 } } }\n",
     {"HG408 1:53"}},
    {"a guarantee to who waits",
     "routes: { r: { from: { http: \"POST /a\" }, delivery: at-least-once, to: { mqtt: b, qos: 1 },\n"
     "  respond: { status: 202 } } }\n",
     {"HG503 1:53"}},
    {"an order by the payload",
     "routes: { r: { from: { mqtt: a, qos: 1 }, to: { mqtt: b, qos: 1 },\n"
     "  delivery: { guarantee: at-least-once, order: \"{payload.id}\" } } }\n",
     {"HG503 2:48"}},
    {"an order by an unknown capture",
     "routes: { r: { from: { mqtt: a, qos: 1 }, to: { mqtt: b, qos: 1 },\n"
     "  delivery: { guarantee: at-least-once, order: \"{id}\" } } }\n",
     {"HG202 2:50"}},
    {"a backoff the wrong way round",
     "routes: { r: { from: { mqtt: a, qos: 1 }, to: { mqtt: b, qos: 1 },\n"
     "  delivery: { guarantee: at-least-once, retry: { backoff: 1m..1s } } } }\n",
     {"HG409 2:59"}},
};

/// Where the findings stand; not_built_yet_test.cpp has them all.
const std::vector<Bad> not_built_yet{
    {"a key of the file", "codecs: {}\n", {"HG410 1:1"}},
    {"a key of a route", "routes: { r: { from: { mqtt: a }, jq: ., to: { answer: 1 } } }\n", {"HG410 1:35"}},
    {"an event source", "routes: { r: { from: { event: a/b }, to: { answer: 1 } } }\n", {"HG410 1:24"}},
    {"a stream of a topic that is no filter",
     "routes: { r: { from: { http: \"GET /a\" }, to: { stream: { mqtt: a/+b } } } }\n",
     {"HG202 1:64"}},
    {"a stream of a topic with what only publications have",
     "routes: { r: { from: { http: \"GET /a\" }, to: { stream: { mqtt: a, actions: [set] } } } }\n",
     {"HG201 1:67"}},
    {"a stream of a topic with the times of a publication",
     "routes: { r: { from: { http: \"GET /a\" }, to: { stream: { mqtt: a }, with: meta } } }\n",
     {"HG414 1:69"}},
    {"a stream of a topic with a wildcard that the request names",
     "routes: { r: { from: { http: \"GET /a/{x}\" }, to: { stream: { mqtt: \"a/{*x}\" } } } }\n",
     {"HG105 1:50"}},
    {"a stream of a topic behind another source",
     "routes: { r: { from: { happn: \"on /a\" }, to: { stream: { mqtt: a } } } }\n",
     {"HG414 1:46"}},
    {"a stream behind another source",
     "routes: { r: { from: { mqtt: a }, to: { stream: { happn: \"on /a\" } } } }\n",
     {"HG414 1:39"}},
    {"a stream beside another target",
     "routes: { r: { from: { http: \"GET /a\" }, to: [{ stream: { happn: \"on /a\" } }, { answer: 1 }] } }\n",
     {"HG414 1:46"}},
    {"a stream without its verb",
     "routes: { r: { from: { http: \"GET /a\" }, to: { stream: { happn: /a } } } }\n",
     {"HG204 1:65"}},
    {"a capture of items that the request has",
     "routes: { r: { from: { http: \"GET /a/{x}\" }, to: { stream: { happn: \"on /a/{*x}\" } } } }\n",
     {"HG105 1:50"}},
    {"a stream that is missing",
     "routes: { r: { from: { http: \"GET /a\" }, to: { stream: { happn: \"on /a\" } }, respond: { missing: "
     "404 } } }\n",
     {"HG414 1:89"}},
    {"an origin with a path",
     "routes: { r: { from: { http: \"GET /a\", cors: { origins: [\"https://a/b\"] } }, to: { answer: 1 } } "
     "}\n",
     {"HG409 1:57"}},
    {"idempotency of a method that is idempotent by itself",
     "routes: { r: { from: { http: \"PUT /a\", idempotency: optional }, to: { answer: 1 } } }\n",
     {"HG414 1:40"}},
    {"a word that idempotency does not know",
     "routes: { r: { from: { http: \"POST /a\", idempotency: always }, to: { answer: 1 } } }\n",
     {"HG409 1:54"}},
    {"a switch", "components: { c: { methods: { m: { switch: [] } } } }\n", {"HG410 1:36"}},
    {"an event that is sent", "tests: [{ name: x, send: { event: a/b }, expect: [] }]\n", {"HG410 1:28"}},
};

const std::vector<Bad> names_and_addresses{
    {"an unknown capture",
     "routes: { r: { from: { mqtt: \"a/{device}\" }, to: { happn: \"set /a/{devcie}\" } } }\n",
     {"HG202 1:68"}},
    {"a template that does not end",
     "routes: { r: { from: { mqtt: a }, to: { answer: \"{payload.x\" } } }\n",
     {"HG202 1:50"}},
    {"an unknown root in a map",
     "routes: { r: { from: { mqtt: a }, map: { x: \"{paylod.x}\" }, to: { answer: 1 } } }\n",
     {"HG202 1:47"}},
    {"an answer outside of respond",
     "routes: { r: { from: { mqtt: a }, map: { x: \"{answer.x}\" }, to: { answer: 1 } } }\n",
     {"HG202 1:47"}},
    {"a wildcard that is not last",
     "routes: { r: { from: { mqtt: \"a/#/b\" }, to: { answer: 1 } } }\n",
     {"HG204 1:33"}},
    {"a wildcard in a target",
     "routes: { r: { from: { mqtt: a }, to: { happn: \"set /a/*\" } } }\n",
     {"HG202 1:56"}},
    {"a happn source without a verb",
     "routes: { r: { from: { happn: /a }, to: { mqtt: b } } }\n",
     {"HG204 1:31"}},
    {"a happn target without a verb",
     "routes: { r: { from: { mqtt: a }, to: { happn: /a } } }\n",
     {"HG204 1:48"}},
    {"a happn path without a slash",
     "routes: { r: { from: { happn: \"on a/b\" }, to: { mqtt: b } } }\n",
     {"HG204 1:35"}},
    {"an http source without a method",
     "routes: { r: { from: { http: /a }, to: { answer: 1 } } }\n",
     {"HG204 1:30"}},
    {"an http path without a slash",
     "routes: { r: { from: { http: \"GET a\" }, to: { answer: 1 } } }\n",
     {"HG204 1:35"}},
    {"a call without a method", "routes: { r: { from: { mqtt: a }, to: { call: a } } }\n", {"HG204 1:47"}},
    {"a call of security",
     "routes: { r: { from: { mqtt: a }, to: { call: security/addUser } } }\n",
     {"HG205 1:47"}},
    {"a call that the message chooses",
     "routes: { r: { from: { mqtt: \"rpc/{c}/{m}\" }, to: { call: \"{c}/{m}\" } } }\n",
     {"HG408 1:59"}},
    {"a write to an exchange",
     "routes: { r: { from: { mqtt: a }, to: { happn: \"set /_exchange/requests/x\" } } }\n",
     {"HG205 1:53"}},
    {"a write to $SYS", "routes: { r: { from: { mqtt: a }, to: { mqtt: \"$SYS/x\" } } }\n", {"HG205 1:48"}},
    {"a key of another verb",
     "routes: { r: { from: { http: \"GET /a\" }, to: { happn: \"get /a\", merge: true } } }\n",
     {"HG414 1:65"}},
    {"an answer from nobody",
     "routes: { r: { from: { http: \"GET /a\" }, to: { answer: 1, name: one }, respond: { from: on } } }\n",
     {"HG207 1:89"}},
    {"a header of the answer that is of its connection",
     "routes: { r: { from: { http: \"GET /a\" }, to: { answer: 1 }, respond: { headers: { Upgrade: x } } } "
     "}\n",
     {"HG210 1:83"}},
    {"a header of the answer that the gateway makes",
     "routes: { r: { from: { http: \"GET /a\" }, to: { answer: 1 }, errors: [{ headers: { date: x } }] } }\n",
     {"HG210 1:83"}},
    {"a header of the answer without a name",
     "routes: { r: { from: { http: \"GET /a\" }, to: { answer: 1 }, respond: { headers: { \"a b\": x } } } "
     "}\n",
     {"HG210 1:83"}},
    {"a body of an answer that has none",
     "routes: { r: { from: { http: \"GET /a\" }, to: { answer: 1 }, respond: { status: 205, body: 1 } } }\n",
     {"HG414 1:85"}},
    {"a body of an error that has none",
     "routes: { r: { from: { http: \"GET /a\" }, to: { answer: 1 }, errors: [{ status: 304, body: 1 }] } }\n",
     {"HG414 1:85"}},
    {"an answer to happn",
     "routes: { r: { from: { happn: \"on /a\" }, to: { mqtt: b }, respond: { body: 1 } } }\n",
     {"HG414 1:59"}},
    {"a request that nobody answers",
     "routes: { r: { from: { http: \"POST /a\" }, to: { mqtt: b } } }\n",
     {"HG411 1:47"}},
    {"an answer that is not there",
     "routes: { r: { from: { http: \"POST /a\" }, to: { mqtt: b }, respond: { status: 202, body: "
     "\"{answer}\" } } }\n",
     {"HG411 1:47"}},
    {"a path of the happn surface",
     "routes: { r: { from: { http: \"GET /rest/method/x\" }, to: { answer: 1 } } }\n",
     {"HG106 1:35"}},
    {"a page of the mirror, which is one in any case",
     "routes: { r: { from: { http: \"GET /Rest/Method/x\" }, to: { answer: 1 } } }\n",
     {"HG106 1:35"}},
    {"a browser script",
     "routes: { r: { from: { http: \"GET /browser_client\" }, to: { answer: 1 } } }\n",
     {"HG106 1:35"}},
    {"different captures",
     "routes: { r: { sync: { a: { mqtt: \"a/{x}\" }, b: { happn: \"/a/{y}\" } } } }\n",
     {"HG206 1:22"}},
    {"a sync with a target",
     "routes: { r: { sync: { a: { mqtt: \"a/{x}\" }, b: { happn: \"/a/{x}\" } }, to: { answer: 1 } } }\n",
     {"HG414 1:72"}},
    {"an order without a comparison",
     "routes: { r: { sync: { a: { mqtt: \"a/{x}\", retain: true }, b: { happn: \"/a/{x}\" } }, prefer: a } "
     "}\n",
     {"HG414 1:94"}},
    {"a newest of an end that wins",
     "routes: { r: { sync: { a: { mqtt: \"a/{x}\", retain: true }, b: { happn: \"/a/{x}\" } }, prefer: b, "
     "newest_by: \"{payload.t}\", resync: on_reconnect } }\n",
     {"HG414 1:108"}},
    {"a remove that nobody can date",
     "routes: { r: { sync: { a: { mqtt: \"a/{x}\", retain: true }, b: { happn: \"/a/{x}\" } }, resync: { "
     "missing: remove } } }\n",
     {"HG414 1:105"}},
    {"a newest that nothing binds",
     "routes: { r: { sync: { a: { mqtt: \"a/{x}\", retain: true }, b: { happn: \"/a/{x}\" } }, newest_by: "
     "\"{y}\", resync: on_reconnect } }\n",
     {"HG202 1:99"}},
    {"a comparison of a topic that keeps nothing",
     "routes: { r: { sync: { a: { mqtt: \"a/{x}\" }, b: { happn: \"/a/{x}\" } }, resync: on_reconnect } }\n",
     {"HG506 1:27"}},
    {"a comparison with what is stored first",
     "routes: { r: { sync: { a: { happn: \"/a/{x}\", mesh: node, initial: true }, b: { mqtt: \"b/{x}\", "
     "retain: true } }, resync: on_reconnect } }\n",
     {"HG414 1:67"}},
    {"a comparison with the spool",
     "routes: { r: { sync: { a: { mqtt: \"a/{x}\", qos: 1, retain: true }, b: { happn: \"/a/{x}\" } }, "
     "delivery: "
     "at-least-once, resync: on_reconnect } }\n",
     {"HG414 1:127"}},
    {"a comparison at another time",
     "routes: { r: { sync: { a: { mqtt: \"a/{x}\", retain: true }, b: { happn: \"/a/{x}\" } }, resync: daily "
     "} }\n",
     {"HG409 1:94"}},
    {"a reply that cannot be told apart",
     "components: { c: { methods: { m: { to: { mqtt: a, reply: { topic: b } } } } } }\n",
     {"HG408 1:58"}},
    {"a reserved parameter",
     "components: { c: { methods: { m: { parameters: [payload], to: { answer: 1 } } } } }\n",
     {"HG210 1:49"}},
    {"the security component", "components: { security: { methods: {} } }\n", {"HG210 1:15"}},
    {"a component that every mesh has", "components: { data: { methods: {} } }\n", {"HG210 1:15"}},
};

const std::vector<Bad> tests_of_files{
    {"no name", "tests: [{ send: { mqtt: a }, expect: [] }]\n", {"HG408 1:9"}},
    {"nothing sent", "tests: [{ name: x, send: { qos: 1 }, expect: [] }]\n", {"HG408 1:26"}},
    {"two things sent", "tests: [{ name: x, send: { mqtt: a, call: a/b }, expect: [] }]\n", {"HG414 1:37"}},
    {"two payloads",
     "tests: [{ name: x, send: { mqtt: a, json: 1, text: a }, expect: [] }]\n",
     {"HG414 1:46"}},
    {"no hex", "tests: [{ name: x, send: { mqtt: a, hex: 0g }, expect: [] }]\n", {"HG409 1:42"}},
    {"half a byte", "tests: [{ name: x, send: { mqtt: a, hex: \"012\" }, expect: [] }]\n", {"HG409 1:42"}},
    {"an expectation of nothing", "tests: [{ name: x, send: { mqtt: a }, expect: {} }]\n", {"HG408 1:47"}},
    {"an empty entry in a list", "tests: [{ name: x, send: { mqtt: a }, expect: [{}] }]\n", {"HG408 1:48"}},
    {"a route without an output",
     "tests: [{ name: x, send: { mqtt: a }, expect: { route: r } }]\n",
     {"HG408 1:49"}},
    {"more about an output that is not there",
     "tests: [{ name: x, send: { mqtt: a }, expect: [{ qos: 1, as: ann, args: [], mesh: node }] }]\n",
     {"HG408 1:50", "HG408 1:58", "HG408 1:67", "HG408 1:77"}},
    {"a retained answer",
     "tests: [{ name: x, send: { mqtt: a }, expect: { answer: 1, retain: true } }]\n",
     {"HG408 1:60"}},
    {"any error or none", "tests: [{ name: x, send: { mqtt: a }, expect: { error: {} } }]\n", {"HG408 1:56"}},
    {"no headers in particular",
     "tests: [{ name: x, send: { mqtt: a }, expect: { headers: {}, user: {} } }]\n",
     {"HG408 1:47"}},
    {"not filtered",
     "tests: [{ name: x, send: { mqtt: a }, expect: { filtered: false } }]\n",
     {"HG409 1:59"}},
    {"an output with a status",
     "tests: [{ name: x, send: { mqtt: a }, expect: [{ mqtt: b, status: 200 }] }]\n",
     {"HG414 1:59"}},
    {"an output with all that an answer has",
     "tests: [{ name: x, send: { mqtt: a }, expect: { call: a/b, answer: 1, error: { code: 1 }, refused: "
     "capture, headers: { a: b }, filtered: true } }]\n",
     {"HG414 1:60", "HG414 1:71", "HG414 1:91", "HG414 1:109", "HG414 1:128"}},
    {"a topic on a mesh",
     "tests: [{ name: x, send: { mqtt: a }, expect: [{ mqtt: b, mesh: node }] }]\n",
     {"HG414 1:59"}},
    {"a path on a broker",
     "tests: [{ name: x, send: { mqtt: a }, expect: [{ happn: \"set /b\", broker: node }] }]\n",
     {"HG414 1:67"}},
    {"a refusal that is none",
     "tests: [{ name: x, send: { mqtt: a }, expect: { refused: other } }]\n",
     {"HG409 1:58"}},
    {"a branch", "tests: [{ name: x, send: { mqtt: a }, expect: { branch: 0 } }]\n", {"HG410 1:49"}},
    {"now", "tests: [{ name: x, now: 1, send: { mqtt: a }, expect: [] }]\n", {"HG410 1:20"}},
};

INSTANTIATE_TEST_SUITE_P(TestsOfFiles, BadMapping, testing::ValuesIn(tests_of_files));
INSTANTIATE_TEST_SUITE_P(Shape, BadMapping, testing::ValuesIn(yaml_and_shape));
INSTANTIATE_TEST_SUITE_P(NotBuiltYet, BadMapping, testing::ValuesIn(not_built_yet));
INSTANTIATE_TEST_SUITE_P(Deliveries, BadMapping, testing::ValuesIn(deliveries));
INSTANTIATE_TEST_SUITE_P(Names, BadMapping, testing::ValuesIn(names_and_addresses));

TEST(Findings, HintAtTheNameThatWasMeant) {
    const auto loaded = load_text("routes:\n  r:\n    form: { mqtt: a }\n    to: { answer: 1 }\n");
    ASSERT_FALSE(loaded.findings.empty());
    EXPECT_THAT(all_text(loaded.findings), HasSubstr("did you mean 'from'?"));
}

TEST(Findings, AnUnquotedTemplateIsToBePutInQuotes) {
    const auto loaded =
        load_text("routes: { r: { from: { mqtt: a }, map: {payload.t}, to: { answer: 1 } } }\n");
    EXPECT_THAT(all_text(loaded.findings), HasSubstr("put it in quotes: \"{payload.t}\""));
}

TEST(Findings, NameBothPlacesOfADoubleRoute) {
    const auto loaded =
        load_texts({{"one.yaml", "routes:\n  r: { from: { mqtt: a }, to: { answer: 1 } }\n"},
                    {"two.yaml", "routes:\n  r: { from: { mqtt: b }, to: { answer: 1 } }\n"}});
    ASSERT_EQ(loaded.findings.size(), 1U);
    EXPECT_EQ(loaded.findings[0].code, "HG105");
    EXPECT_EQ(loaded.findings[0].file, "two.yaml");
    EXPECT_THAT(loaded.findings[0].hint, HasSubstr("one.yaml:2:3"));
}

TEST(Findings, ADoubleComponentIsToldLikewise) {
    const auto loaded =
        load_texts({{"one.yaml", "components: { c: { methods: { m: { to: { answer: 1 } } } } }\n"},
                    {"two.yaml", "components: { c: { methods: { n: { to: { answer: 1 } } } } }\n"}});
    ASSERT_EQ(loaded.findings.size(), 1U);
    EXPECT_EQ(loaded.findings[0].code, "HG105");
}

TEST(Findings, AnUnknownBrokerIsJudgedOnlyWithAConfiguration) {
    const std::string text =
        "routes: { r: { from: { mqtt: a, broker: locl }, to: { happn: \"set /a\" } } }\n";
    EXPECT_TRUE(load_text(text).findings.empty());
    Names names;
    names.brokers = {"local"};
    const auto loaded = load_text(text, names);
    EXPECT_THAT(brief(loaded.findings), ElementsAre("HG203 1:41"));
    EXPECT_EQ(loaded.findings[0].hint, "did you mean 'local'?");
}

TEST(Findings, OfSeveralBrokersOneMustBeNamed) {
    Names names;
    names.brokers = {"a", "b"};
    const auto loaded = load_text("routes: { r: { from: { mqtt: a }, to: { answer: 1 } } }\n", names);
    EXPECT_THAT(brief(loaded.findings), ElementsAre("HG209 1:22"));
}

TEST(Findings, ARetainedCommandWithAnAnswerIsAWarning) {
    const auto loaded =
        load_text("components: { c: { methods: { m: { to: { mqtt: a, retain: true, reply: auto } } } } }\n");
    EXPECT_THAT(brief(loaded.findings), ElementsAre("HG501 1:59"));
    EXPECT_NE(loaded.table, nullptr);
}

std::string with_targets(int count) {
    std::string text = "routes:\n  r:\n    from: { mqtt: a }\n    to:\n";
    for (int i = 0; i < count; ++i)
        text += "      - { happn: \"set /b\" }\n";
    return text;
}

TEST(Findings, ARouteHasAtMost256Targets) {
    EXPECT_THAT(brief(load_text(with_targets(256)).findings), ElementsAre());
    const auto loaded = load_text(with_targets(300));
    EXPECT_THAT(brief(loaded.findings), ElementsAre("HG409 261:9"));
    EXPECT_EQ(loaded.table, nullptr);
}

TEST(Findings, ARemoveThatNeverComesIsAWarning) {
    const auto loaded = load_text(
        "routes: { r: { from: { happn: \"on /a\" }, to: { mqtt: b, retain: true, on_remove: clear } } }\n");
    EXPECT_THAT(brief(loaded.findings), ElementsAre("HG502 1:11"));
}

TEST(Findings, AnEmptyRetainedMessageIsARemoveForAnotherTopicToo) {
    const auto loaded =
        load_text("routes: { r: { from: { mqtt: a }, to: { mqtt: b, retain: true, on_remove: clear } } }\n");
    EXPECT_THAT(brief(loaded.findings), ElementsAre());
}

}  // namespace
}  // namespace mappings
