// Routes against each other: loops, overlaps, HTTP routes that hide each other.
#include <gmock/gmock.h>

#include "mapping_support.hpp"
#include "mappings/graph_check.hpp"

namespace mappings {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<config::Finding> findings_of(const std::string& routes) {
    return load_text("routes:\n" + routes).findings;
}

TEST(Loop, AcrossTwoTransportsIsFoundAndItsCycleNamed) {
    const auto findings = findings_of(R"(
  up: { from: { mqtt: "a/{x}" }, to: { happn: "set /a/{x}" } }
  down: { from: { happn: "on /a/{x}" }, to: { mqtt: "a/{x}" } }
)");
    ASSERT_THAT(brief(findings), ElementsAre("HG101 3:3"));
    EXPECT_EQ(findings[0].message, "a loop: up -> down -> up");
}

TEST(Loop, OfOneRouteWithItselfIsFound) {
    const auto findings = findings_of("  r: { from: { mqtt: \"a/{x}/b\" }, to: { mqtt: \"a/{x}x/b\" } }\n");
    ASSERT_THAT(brief(findings), ElementsAre("HG101 2:3"));
    EXPECT_EQ(findings[0].message, "a loop: r -> r");
}

TEST(Loop, OfThreeRoutesIsOneFinding) {
    const auto findings = findings_of(R"(
  one: { from: { mqtt: a }, to: { mqtt: b } }
  two: { from: { mqtt: b }, to: { mqtt: c } }
  three: { from: { mqtt: c }, to: { mqtt: a } }
)");
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].message, "a loop: one -> two -> three -> one");
}

TEST(Loop, TwoLoopsAreTwoFindings) {
    const auto findings = findings_of(R"(
  one: { from: { mqtt: a }, to: { mqtt: a } }
  two: { from: { mqtt: b }, to: { mqtt: b } }
)");
    EXPECT_THAT(brief(findings), ElementsAre("HG101 3:3", "HG101 4:3"));
}

TEST(Loop, ThroughAWildcardIsFound) {
    const auto findings = findings_of(R"(
  up: { from: { mqtt: "a/#" }, to: { happn: "set /x/y" } }
  down: { from: { happn: "on /{rest...}" }, to: { mqtt: "a/{rest...}" } }
)");
    EXPECT_THAT(brief(findings), ElementsAre("HG101 3:3"));
}

TEST(Loop, OfAComponentThatCallsItselfIsFound) {
    const auto loaded = load_text(R"(
components:
  c: { methods: { m: { to: { call: "c/m", mesh: node } } } }
)");
    ASSERT_EQ(loaded.findings.size(), 1U);
    EXPECT_EQ(loaded.findings[0].message, "a loop: c.m -> c.m");
}

TEST(Loop, AllowListsAreRespected) {
    const std::string methods = R"(
components:
  c:
    methods:
      m: { parameters: [to], to: { mqtt: "rpc/{to}/x", reply: auto } }
routes:
)";
    const auto harmless = load_text(
        methods + "  r: { from: { mqtt: \"rpc/{c}/{m}\" }, to: { call: \"{c}/{m}\", allow: [\"d/*\"] } }\n");
    EXPECT_THAT(brief(harmless.findings), IsEmpty()) << all_text(harmless.findings);
    const auto loop = load_text(
        methods + "  r: { from: { mqtt: \"rpc/{c}/{m}\" }, to: { call: \"{c}/{m}\", allow: [\"c/*\"] } }\n");
    ASSERT_EQ(loop.findings.size(), 1U);
    EXPECT_EQ(loop.findings[0].code, "HG101");
}

TEST(Loop, AnotherBrokerOrAnotherActionIsNoLoop) {
    EXPECT_THAT(findings_of(R"(
  r: { from: { mqtt: "a/{x}", broker: one }, to: { mqtt: "a/{x}", broker: two } }
  set: { from: { happn: "on /a/{x}", actions: [remove] }, to: { happn: "set /a/{x}" } }
  quiet: { from: { happn: "on /b/{x}" }, to: { happn: "set /b/{x}", no_publish: true } }
  read: { from: { mqtt: "q/{x}" }, to: { happn: "get /a/{x}" } }
)"),
                IsEmpty());
}

TEST(Loop, ATwoWayRouteIsNone) {
    EXPECT_THAT(findings_of("  r: { sync: { a: { mqtt: \"a/{x}\" }, b: { happn: \"/a/{x}\" } } }\n"),
                IsEmpty());
}

TEST(Loop, ThroughATwoWayRouteAndAnotherIsFound) {
    const auto findings = findings_of(R"(
  light: { sync: { a: { mqtt: "a/{x}" }, b: { happn: "/a/{x}" } } }
  copy: { from: { happn: "on /a/{x}" }, to: { mqtt: "a/{x}" } }
)");
    std::vector<std::string> loops;
    for (const auto& finding : findings) {
        if (finding.code == "HG101") loops.push_back(finding.message);
    }
    EXPECT_THAT(loops, ElementsAre("a loop: light.a_to_b -> copy -> light.a_to_b"));
}

TEST(Overlap, OfTwoRoutesIsShownAndLoads) {
    const auto loaded = load_text(R"(
routes:
  all: { from: { mqtt: "a/#" }, to: { happn: "set /all" } }
  one: { from: { mqtt: "a/{x}/b" }, to: { happn: "set /one/{x}" } }
)");
    ASSERT_THAT(brief(loaded.findings), ElementsAre("HG102 4:16"));
    EXPECT_EQ(loaded.findings[0].severity, config::Severity::warning);
    EXPECT_THAT(loaded.findings[0].hint, HasSubstr("'all' is at m.yaml:3:3"));
    EXPECT_NE(loaded.table, nullptr);
}

TEST(Overlap, NeedsTheSameConnectionAndAction) {
    EXPECT_THAT(findings_of(R"(
  one: { from: { mqtt: "a/{x}", broker: one }, to: { happn: "set /one" } }
  two: { from: { mqtt: "a/{x}", broker: two }, to: { happn: "set /two" } }
  sets: { from: { happn: "on /a/{x}" }, to: { mqtt: b } }
  removes: { from: { happn: "on /a/{x}", actions: [remove] }, to: { mqtt: c, on_remove: clear } }
)"),
                IsEmpty());
}

std::vector<std::string> codes_of(const std::string& routes) {
    std::vector<std::string> codes;
    for (const auto& finding : findings_of(routes))
        codes.push_back(finding.code);
    return codes;
}

TEST(Groups, OfRoutesThatAskForTheSameMessagesAreOne) {
    EXPECT_THAT(codes_of(R"(
  one: { from: { mqtt: "a/{x}", group: g }, to: { happn: "set /one" } }
  two: { from: { mqtt: "a/#" }, to: { happn: "set /two" } }
)"),
                ElementsAre("HG102", "HG107"));
    EXPECT_THAT(codes_of(R"(
  one: { from: { mqtt: "a/{x}", group: g }, to: { happn: "set /one" } }
  two: { from: { mqtt: "a/#", group: g }, to: { happn: "set /two" } }
)"),
                ElementsAre("HG102"));
}

TEST(Groups, AreComparedByWhatTheBrokerIsAskedFor) {
    EXPECT_THAT(codes_of(R"(
  one: { from: { mqtt: "a/x-{x}", group: g }, to: { happn: "set /one" } }
  two: { from: { mqtt: "a/y-{y}", group: h }, to: { happn: "set /two" } }
)"),
                ElementsAre("HG107"));
}

TEST(Groups, OfDifferentBrokersOrTopicsHaveNothingToDoWithEachOther) {
    EXPECT_THAT(codes_of(R"(
  one: { from: { mqtt: "a/{x}", group: g, broker: one }, to: { happn: "set /one" } }
  two: { from: { mqtt: "a/{x}", group: h, broker: two }, to: { happn: "set /two" } }
  three: { from: { mqtt: "b/{x}", broker: one }, to: { happn: "set /three" } }
)"),
                IsEmpty());
}

TEST(Overlap, ManyAreCutShort) {
    std::string routes;
    for (int i = 0; i < 20; ++i)
        routes += "  r" + std::to_string(i) + ": { from: { mqtt: \"a/#\" }, to: { happn: \"set /x\" } }\n";
    const auto findings = findings_of(routes);
    EXPECT_EQ(findings.size(), max_overlap_findings + 1);
    EXPECT_THAT(all_text(findings), HasSubstr("90 more overlaps are not shown"));
}

TEST(HttpRoutes, TheSameTwiceIsAnError) {
    const auto findings = findings_of(R"(
  one: { from: { http: "GET /a/{x}" }, to: { answer: 1 } }
  two: { from: { http: "GET /a/{y}" }, to: { answer: 2 } }
)");
    ASSERT_THAT(brief(findings), ElementsAre("HG104 4:16"));
    EXPECT_THAT(findings[0].hint, HasSubstr("'one' is at m.yaml:3:3"));
}

TEST(HttpRoutes, AnotherMethodIsAnotherRoute) {
    EXPECT_THAT(findings_of(R"(
  one: { from: { http: "GET /a/{x}" }, to: { answer: 1 } }
  two: { from: { http: "PUT /a/{x}" }, to: { answer: 2 } }
)"),
                IsEmpty());
}

TEST(HttpRoutes, WhatIsHiddenInPartIsAWarning) {
    const auto findings = findings_of(R"(
  any: { from: { http: "GET /a/{x}" }, to: { answer: 1 } }
  list: { from: { http: "GET /a/list" }, to: { answer: 2 } }
)");
    ASSERT_THAT(brief(findings), ElementsAre("HG103 3:16"));
    EXPECT_THAT(findings[0].message, HasSubstr("'any' does not get what the more specific 'list' takes"));
}

TEST(HttpRoutes, ATypeThatDoesNotFitHidesNothing) {
    EXPECT_THAT(findings_of(R"(
  one: { from: { http: "GET /a/{x:int}" }, to: { answer: 1 } }
  list: { from: { http: "GET /a/list" }, to: { answer: 2 } }
)"),
                IsEmpty());
}

}  // namespace
}  // namespace mappings
