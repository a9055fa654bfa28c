// The tests that mapping files carry: how they are judged and reported; and the shipped samples', which must
// pass.
#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "mapping_support.hpp"
#include "mappings/mapping_test.hpp"
#include "mappings/routes_listing.hpp"
#include "mappings/schema.hpp"
#include "tests/tree/tree.hpp"

namespace mappings {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* routes = R"(
routes:
  up: { from: { mqtt: "d/{device}/t" }, map: { celsius: "{payload.t}" }, to: { happn: "set /d/{device}/t" } }
  text: { from: { mqtt: "log/{device}", decode: text }, to: { happn: "set /log/{device}" } }
  raw: { from: { mqtt: "raw/{device}", decode: bytes }, to: { mqtt: "copy/{device}", qos: 1, user: { from: "{device}" } } }
  down: { from: { happn: "on /d/{device}/cmd", actions: [set, remove] }, to: { mqtt: "d/{device}/cmd", on_remove: clear } }
  read: { from: { http: "GET /d/{device}", query: { unit: { type: string, default: c } } }, to: { happn: "get /d/{device}/t" }, respond: { missing: 404, headers: { X-Unit: "{in.query.unit}" } } }
  lock: { from: { http: "POST /doors/{door:int}/lock" }, to: { call: "doors/lock", args: { door: "{door}" } }, errors: [{ name: AccessDenied, status: 403 }] }
components:
  fan:
    methods:
      set: { parameters: { speed: { type: integer, required: true, maximum: 3 } }, to: { mqtt: fan, body: { speed: "{speed}" }, reply: auto } }
tests:
)";

TestReport run(const std::string& tests) {
    const auto loaded = load_text(routes + tests);
    if (!loaded.table) throw std::runtime_error(all_text(loaded.findings));
    return run_tests(loaded.table, loaded.tests);
}

void expect_passes(const std::string& test) {
    const auto report = run(test);
    EXPECT_EQ(report.passed(), 1U) << report_text(report);
}

/// The difference that a failing test shows.
std::string difference_of(const std::string& test) {
    const auto report = run(test);
    EXPECT_EQ(report.failed(), 1U) << test;
    return report.results.at(0).difference;
}

TEST(MappingTest, SubsetsOfObjectsPass) {
    expect_passes(R"(
  - name: t
    send: { mqtt: d/d1/t, json: { t: 21.5, other: 1 } }
    expect: [{ route: up, happn: "set /d/d1/t", mesh: node, json: { celsius: 21.5 } }]
)");
}

TEST(MappingTest, AnotherValueFailsWithItsPath) {
    const auto difference = difference_of(R"(
  - name: t
    send: { mqtt: d/d1/t, json: { t: 21.5 } }
    expect: [{ happn: "set /d/d1/t", json: { celsius: 20 } }]
)");
    EXPECT_THAT(difference, HasSubstr("at .celsius: - 20 + 21.5"));
}

TEST(MappingTest, AnotherAddressShowsBoth) {
    const auto difference = difference_of(R"(
  - name: t
    send: { mqtt: d/d1/t, json: { t: 1 } }
    expect: [{ happn: "set /d/d2/t" }]
)");
    EXPECT_THAT(difference, HasSubstr("- happn set /d/d2/t"));
    EXPECT_THAT(difference, HasSubstr("+ happn set /d/d1/t {\"celsius\":1} (route up, as service)"));
}

TEST(MappingTest, AListIsAllThatIsSent) {
    EXPECT_THAT(difference_of("\n  - { name: t, send: { mqtt: d/d1/t, json: { t: 1 } }, expect: [] }\n"),
                HasSubstr("+ happn set /d/d1/t"));
    EXPECT_THAT(difference_of("\n  - { name: t, send: { mqtt: nobody, json: 1 }, expect: [{ mqtt: x }] }\n"),
                testing::AllOf(HasSubstr("- mqtt x"), HasSubstr("note: no route takes this message")));
    expect_passes("\n  - { name: t, send: { mqtt: nobody, json: 1 }, expect: [] }\n");
}

TEST(MappingTest, TextAndBytesAreComparedAsTheyAre) {
    expect_passes(R"(
  - name: t
    send: { mqtt: log/d1, text: "hello" }
    expect: [{ happn: "set /log/d1", text: "hello" }]
)");
    expect_passes(R"(
  - name: t
    send: { mqtt: raw/d1, hex: "00 ff 10" }
    expect: [{ mqtt: copy/d1, qos: 1, base64: "AP8Q", user: { from: d1 } }]
)");
    EXPECT_THAT(difference_of(R"(
  - name: t
    send: { mqtt: raw/d1, hex: "00ff" }
    expect: [{ mqtt: copy/d1, hex: "00fe" }]
)"),
                HasSubstr("- 0x00fe + 0x00ff"));
}

TEST(MappingTest, ARefusalIsNamed) {
    expect_passes(
        "\n  - { name: t, send: { mqtt: d/../t, json: { t: 1 } }, expect: { refused: capture } }\n");
    expect_passes("\n  - { name: t, send: { mqtt: d/d1/t, text: no }, expect: { refused: decode } }\n");
    expect_passes(
        "\n  - { name: t, send: { call: fan/set, args: { speed: 9 } }, expect: { refused: parameters } }\n");
    EXPECT_THAT(
        difference_of("\n  - { name: t, send: { mqtt: d/d1/t, text: no }, expect: { refused: capture } }\n"),
        testing::AllOf(HasSubstr("- refused: capture"), HasSubstr("note: route up: refused (decode)")));
}

TEST(MappingTest, ARemoveBecomesAnEmptyRetainedMessage) {
    expect_passes(
        "\n  - { name: t, send: { happn: \"remove /d/d1/cmd\" }, expect: [{ mqtt: d/d1/cmd, retain: true, "
        "text: \"\" }] }\n");
}

TEST(MappingTest, AMockedTargetAnswers) {
    expect_passes(R"(
  - name: t
    send: { http: "GET /d/d1?unit=f" }
    mock: { "happn get /d/*/t": { answer: { celsius: 20 } } }
    expect: [{ happn: "get /d/d1/t" }, { status: 200, json: { celsius: 20 }, headers: { X-Unit: f } }]
)");
}

TEST(MappingTest, AnUnmockedTargetSucceedsWithNull) {
    expect_passes(
        "\n  - { name: t, send: { http: \"GET /d/d1\" }, expect: [{ happn: \"get /d/d1/t\" }, { status: 404 "
        "}] }\n");
}

TEST(MappingTest, AMockThatNothingAsksFails) {
    const auto difference = difference_of(R"(
  - name: t
    send: { http: "GET /d/d1" }
    mock: { "happn get /d/d2/t": { answer: 1 }, "happn set /d/d1/t": {}, "happn get /d/*/t": { answer: 2 } }
    expect: [{ happn: "get /d/d1/t" }, { status: 200, json: 2 }]
)");
    EXPECT_EQ(difference,
              "  the mock 'happn get /d/d2/t' was not asked: no output has this kind and address\n"
              "  the mock 'happn set /d/d1/t' was not asked: no output has this kind and address\n");
}

TEST(MappingTest, AMockedErrorTakesTheRoutesShape) {
    expect_passes(R"(
  - name: t
    send: { http: "POST /doors/7/lock", as: ann, json: {} }
    mock: { "call doors/lock": { error: { name: AccessDenied, message: no } } }
    expect: [{ call: doors/lock, as: ann, args: { door: 7 } }, { status: 403, error: { name: AccessDenied } }]
)");
}

TEST(MappingTest, TheHttpSurfaceAnswersForRoutesThatAreNotThere) {
    expect_passes("\n  - { name: t, send: { http: \"GET /nothing\" }, expect: [{ status: 404 }] }\n");
    expect_passes("\n  - { name: t, send: { http: \"POST /doors/x/lock\" }, expect: [{ status: 404 }] }\n");
    expect_passes("\n  - { name: t, send: { http: \"PUT /d/d1\" }, expect: [{ status: 405 }] }\n");
    expect_passes("\n  - { name: t, send: { http: \"GET /d/d1?uint=f\" }, expect: [{ status: 400 }] }\n");
}

constexpr const char* bodies = R"(
routes:
  json:  { from: { http: "POST /json" }, to: { mqtt: "json" }, respond: { status: 202 } }
  text:  { from: { http: "POST /text", body: text }, to: { mqtt: "text" }, respond: { status: 202 } }
  form:  { from: { http: "POST /form", body: form }, to: { mqtt: "form" }, respond: { status: 202 } }
  bytes: { from: { http: "POST /bytes", body: bytes }, to: { mqtt: "bytes" }, respond: { status: 202 } }
tests:
  - name: JSON
    send: { http: "POST /json", json: { a: 1 } }
    expect: [{ mqtt: json, json: { a: 1 } }, { status: 202 }]
  - name: no JSON
    send: { http: "POST /json", text: "hello" }
    expect: { refused: decode, status: 400 }
  - name: text
    send: { http: "POST /text", text: "hello" }
    expect: [{ mqtt: text, json: hello }, { status: 202 }]
  - name: no text
    send: { http: "POST /text", hex: "ff" }
    expect: [{ status: 400 }]
  - name: a form
    send: { http: "POST /form", text: "a=1&b=x+y" }
    expect: [{ mqtt: form, json: { a: "1", b: "x y" } }, { status: 202 }]
  - name: no form
    send: { http: "POST /form", text: "a=%f" }
    expect: [{ status: 400 }]
  - name: bytes
    send: { http: "POST /bytes", hex: "00 ff" }
    expect: [{ mqtt: bytes, hex: "00 ff" }, { status: 202 }]
  - name: nothing
    send: { http: "POST /text" }
    expect: [{ mqtt: text, text: "" }, { status: 202 }]
)";

TEST(MappingTest, ABodyIsWhatItsRouteSaysItIs) {
    const auto loaded = load_text(bodies);
    ASSERT_NE(loaded.table, nullptr) << all_text(loaded.findings);
    const auto report = run_tests(loaded.table, loaded.tests);
    EXPECT_EQ(report.passed(), 8U) << report_text(report);
}

TEST(MappingTest, AMethodIsCalledByNameOrPosition) {
    for (const auto* args : {"{ speed: 2 }", "[2]"}) {
        expect_passes("\n  - name: t\n    send: { call: fan/set, args: " + std::string{args} +
                      " }\n    mock: { mqtt fan: { answer: { ok: true } } }\n"
                      "    expect: [{ mqtt: fan, json: { speed: 2 } }, { answer: { ok: true } }]\n");
    }
}

TEST(MappingTest, AMethodThatIsNotThereIsNotFound) {
    expect_passes(
        "\n  - { name: t, send: { call: fan/sing, args: [] }, expect: { error: { name: NotFound } } }\n");
}

TEST(MappingTest, CoverageNamesTheRoutesThatNoTestTook) {
    const auto report = run(
        "\n  - { name: t, send: { mqtt: d/d1/t, json: { t: 1 } }, expect: [{ happn: \"set /d/d1/t\" }] }\n");
    EXPECT_EQ(report.routes, 7U);
    EXPECT_THAT(report.untested, ElementsAre("text", "raw", "down", "read", "lock", "fan.set"));
    EXPECT_THAT(report_text(report), HasSubstr("routes: 1 of 7 tested\n"));
    EXPECT_THAT(report_text(report), HasSubstr("1 passed, 0 failed\n"));
}

TEST(MappingTest, TestsAreSelectedByRegularExpression) {
    const auto loaded = load_text(std::string{routes} +
                                  "\n  - { name: one, send: { mqtt: x }, expect: [] }\n"
                                  "  - { name: two, send: { mqtt: x }, expect: [] }\n");
    const auto selected = select_tests(loaded.tests, "^t");
    ASSERT_TRUE(selected.has_value());
    ASSERT_EQ(selected->size(), 1U);
    EXPECT_EQ(selected->front().name, "two");
    EXPECT_TRUE(select_tests(loaded.tests, "(").has_error());
}

TEST(MappingTest, TheJunitReportIsEscaped) {
    const auto report =
        run("\n  - { name: \"a < b & \\\"c\\\"\", send: { mqtt: x }, expect: [{ mqtt: y }] }\n");
    const auto junit = report_junit(report);
    EXPECT_THAT(junit, HasSubstr("tests=\"1\" failures=\"1\""));
    EXPECT_THAT(junit, HasSubstr("name=\"a &lt; b &amp; &quot;c&quot;\""));
    EXPECT_THAT(junit, HasSubstr("<failure message="));
}

TEST(MappingTest, AMockWithoutAKnownTargetIsAFinding) {
    const auto loaded = load_text(
        std::string{routes} + "\n  - { name: t, send: { mqtt: x }, mock: { doors/lock: {} }, expect: [] }\n");
    ASSERT_EQ(loaded.findings.size(), 1U);
    EXPECT_EQ(loaded.findings[0].code, "HG204");
}

TEST(RoutesListing, HasALineForEachTarget) {
    const auto loaded =
        load_text("routes: { r: { from: { mqtt: a }, to: [{ mqtt: b }, { happn: \"set /c\" }] } }\n");
    EXPECT_EQ(routes_text(*loaded.table),
              "ROUTE  FROM             TO                  PLACE\n"
              "r      mqtt[default] a  mqtt[default] b     m.yaml:1\n"
              "                        happn[node] set /c\n");
}

std::string read(const std::string& file) {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

TEST(Schema, TheCommittedFileIsWhatTheParsersTablesSay) {
    EXPECT_EQ(read(support::source_tree("mappings/mapping.schema.json")), schema())
        << "write it anew: happn-gateway schema mapping > mappings/mapping.schema.json";
}

TEST(Samples, AreCleanAndTheirTestsPassAndCoverEveryRoute) {
    std::size_t samples = 0;
    for (const auto& entry : std::filesystem::directory_iterator(support::source_tree("mappings/samples"))) {
        if (entry.path().extension() != ".yaml") continue;
        ++samples;
        const auto loaded = load({entry.path()});
        EXPECT_THAT(loaded.findings, IsEmpty()) << all_text(loaded.findings);
        ASSERT_NE(loaded.table, nullptr);
        const auto report = run_tests(loaded.table, loaded.tests);
        EXPECT_EQ(report.failed(), 0U) << report_text(report);
        EXPECT_THAT(report.untested, IsEmpty());
    }
    EXPECT_GT(samples, 0U);
}

}  // namespace
}  // namespace mappings
