// What is wrong, or odd, about queries: those of a mesh, with what a message may put into them, and those of
// HTTP requests.
#include <gmock/gmock.h>

#include <algorithm>

#include "mapping_support.hpp"

namespace mappings {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* constants =
    "vars: { many: 1000001, half: 0.5, own: { a: { $gt: 1 } }, list: [{ a: 1 }] }\n";

/// A target that reads, with these options.
std::string reading(const std::string& options) {
    return constants + std::string{"routes: { r: { from: { http: \"POST /a\", query: { n: int } },\n"} +
           "  map: \"{in.query.n}\", to:\n{ happn: \"get /a/*\", " + options + " } } }\n";
}

/// What is found in `options`, whose `^` is no part of them: it marks where.
void expect_finding(const std::string& code, std::string options) {
    const auto mark = options.find('^');
    options.erase(mark, 1);
    const auto text = reading(options);
    const auto at = text.find(options) + mark;
    const auto line = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n') + 1;
    const auto column = at - text.rfind('\n', at - 1);
    const auto loaded = load_text(text);
    EXPECT_THAT(brief(loaded.findings),
                ElementsAre(code + " " + std::to_string(line) + ":" + std::to_string(column)))
        << options << "\n"
        << all_text(loaded.findings);
}

TEST(QueryFindings, PointAtALimitThatIsNoWholeNumber) {
    for (const char* limit : {"limit: ^\"{in.query.n}{in.query.n}\"",
                              "limit: ^\"1{in.query.n}\"",
                              "limit: ^many",
                              "limit: ^\"5\"",
                              "limit: ^2.5",
                              "limit: ^[1]",
                              "skip: ^{ a: 1 }"})
        expect_finding("HG407", limit);
    for (const char* limit :
         {"limit: ^1000001", "limit: ^\"{vars.many}\"", "limit: ^\"{vars.half}\"", "limit: ^-1", "skip: ^-1"})
        expect_finding("HG409", limit);
    expect_finding("HG406", "limit: ^{in.query.n}");
    expect_finding("HG202", "limit: \"{in.query.^m}\"");
}

TEST(QueryFindings, LetNoMessageWriteAConditionOfAQuery) {
    for (const char* criteria : {"criteria: { $or: [{ a: 1 }, ^\"{payload.x}\"] }",
                                 "criteria: { $or: ^\"{payload.x}\" }",
                                 "criteria: { a: 1, $nor: [^\"{payload.x}\"] }",
                                 "criteria: { $and: [{ b: 1, $or: [^\"{payload}\"] }] }",
                                 "criteria: { a: { $and: [1, ^\"{payload.x}\"] } }",
                                 "criteria: { tags: { $elemMatch: ^\"{payload.x}\" } }",
                                 "criteria: { $or: [{ a: 1 }, { ^\"...\": \"{payload.x}\" }] }",
                                 "criteria: { a: { $gt: 1, ^\"...\": \"{payload.x}\" } }"})
        expect_finding("HG409", criteria);
}

TEST(QueryFindings, CriteriaThatTheSenderWritesAreAWarning) {
    expect_finding("HG212", "criteria: ^\"{payload}\"");
    EXPECT_NE(load_text(reading("criteria: \"{payload}\"")).table, nullptr);
}

TEST(QueryFindings, CriteriaOfTheMappingAreNone) {
    for (const char* criteria :
         {"\"{vars.own}\"",
          "{ $or: \"{vars.list}\", \"...\": \"{payload}\" }",
          "{ $or: [\"{vars.own}\", { a: \"{payload.a}\" }] }",
          "{ a: { $in: \"{payload.a}\" }, b: [\"{payload.b}\"], c: \"{payload.c}\" }"}) {
        const auto loaded = load_text(reading(std::string{"criteria: "} + criteria));
        EXPECT_THAT(brief(loaded.findings), ElementsAre()) << all_text(loaded.findings);
    }
}

TEST(QueryFindings, AQueryParameterThatNoTemplateReadsIsAWarning) {
    const auto loaded = load_text(
        "routes: { r: { from: { http: \"GET /a\", query: { n: int, m: { type: int } } },\n"
        "  to: { answer: \"{in.query.n}\" } } }\n");
    EXPECT_THAT(brief(loaded.findings), ElementsAre("HG211 1:57"));
    EXPECT_THAT(all_text(loaded.findings), HasSubstr("{in.query.m}"));
    EXPECT_NE(loaded.table, nullptr);
}

TEST(QueryFindings, AQueryParameterIsReadWhereverATemplateMayStand) {
    for (const char* rest : {"map: { x: \"{in.query.n}\" }, to: { answer: 1 }",
                             "to: { answer: [{ x: \"-{in.query.n|default(1)}-\" }] }",
                             "to: { happn: \"get /a/{in.query.n}\" }",
                             "to: { happn: \"get /a/*\", skip: \"{in.query.n}\" }",
                             "to: { happn: \"get /a/*\", criteria: { n: \"{in.query.n}\" } }",
                             "to: { happn: \"get /a/*\", as: \"{in.query.n}\" }",
                             "to: { http: \"GET https://a.example/?n={in.query.n}\" }",
                             "to: { mqtt: b, user: { n: \"{in.query.n}\" } }, respond: { status: 202 }",
                             "to: { stream: { happn: \"on /a/{in.query.n}\" } }",
                             "as: \"{in.query.n}\", to: { call: a/b }",
                             "to: { answer: 1 }, respond: { headers: { X-N: \"{in.query.n}\" } }",
                             "to: { answer: 1 }, errors: [{ body: \"{in.query.n}\" }]"}) {
        const auto loaded = load_text(
            std::string{"routes: { r: { from: { http: \"GET /a\", query: { n: int } }, "} + rest + " } }\n");
        EXPECT_THAT(brief(loaded.findings), ElementsAre()) << rest << "\n" << all_text(loaded.findings);
    }
}

TEST(QueryFindings, ATypoInATemplateIsToldOnceAndNotOfTheParameterThatItMeans) {
    const auto loaded = load_text(
        "routes: { r: { from: { http: \"GET /a\", query: { limit: int } },\n"
        "  to: { answer: \"{in.query.limt}\" } } }\n");
    EXPECT_THAT(brief(loaded.findings), ElementsAre("HG202 2:28"));
}

}  // namespace
}  // namespace mappings
