// Tests of mapping files become examples of the routes that take their messages; `returns` is kept with its
// method.
#include <gmock/gmock.h>

#include "mapping_support.hpp"
#include "mappings/examples.hpp"

namespace mappings {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string file = R"(
version: 1
routes:
  write:
    from: { http: "PUT /items/{id}", query: { unit: string } }
    to: { happn: "set /items/{id}" }
    respond: { status: 201 }
  special: { from: { http: "PUT /items/first" }, to: { answer: 1 } }
  up: { from: { mqtt: "up/{device}" }, to: { happn: "set /up/{device}" } }
components:
  stock:
    methods:
      count:
        parameters: { sku: { type: string, required: true }, size: string }
        returns: { type: object, properties: { type: { type: integer } } }
        to: { answer: 3 }
tests:
)";

Loaded with_tests(const std::string& tests) {
    auto loaded = load_text(file + tests);
    EXPECT_NE(loaded.table, nullptr) << all_text(loaded.findings);
    return loaded;
}

const std::vector<gateway::RouteExample>& examples_of(const Loaded& loaded, const std::string& route) {
    return loaded.table->find(route)->examples;
}

TEST(Examples, ARequestIsKeptWithItsRouteAndItsAnswer) {
    const auto loaded = with_tests(
        "  - { name: written, send: { http: 'PUT /items/a?unit=a%20b', json: { n: 1 } },"
        " expect: [{ happn: set /items/a, json: { n: 1 } }, { json: { n: 1 } }] }\n");
    ASSERT_THAT(examples_of(loaded, "write"), SizeIs(1));
    const auto& example = examples_of(loaded, "write").front();
    EXPECT_EQ(example.name, "written");
    EXPECT_THAT(example.captures, ElementsAre("a"));
    EXPECT_THAT(example.query, ElementsAre(testing::Pair("unit", "a b")));
    EXPECT_EQ(example.payload, R"({"n":1})");
    EXPECT_EQ(example.status, 201);
    EXPECT_EQ(example.answer, R"({"n":1})");
    const auto& outputs = loaded.table->find("write")->targets.front().examples;
    ASSERT_THAT(outputs, SizeIs(1));
    EXPECT_EQ(outputs.front().json, R"({"n":1})");
}

TEST(Examples, ARequestBelongsToTheMostSpecificRoute) {
    const auto loaded =
        with_tests("  - { name: first, send: { http: PUT /items/first }, expect: [{ status: 200 }] }\n");
    EXPECT_THAT(examples_of(loaded, "special"), SizeIs(1));
    EXPECT_THAT(examples_of(loaded, "write"), IsEmpty());
}

TEST(Examples, ACallsArgumentsAreKeptByName) {
    const auto loaded =
        with_tests("  - { name: c, send: { call: stock/count, args: [A1, M] }, expect: [{ answer: 3 }] }\n");
    ASSERT_THAT(examples_of(loaded, "stock.count"), SizeIs(1));
    EXPECT_EQ(examples_of(loaded, "stock.count").front().payload, R"({"sku":"A1","size":"M"})");
    EXPECT_EQ(examples_of(loaded, "stock.count").front().answer, "3");
}

TEST(Examples, WhatIsRefusedIsNoExample) {
    const auto loaded = with_tests(
        "  - { name: bad, send: { mqtt: up/d1, text: nonsense }, expect: { refused: decode } }\n"
        "  - { name: none, send: { call: stock/count, args: [] }, expect: { refused: parameters } }\n");
    EXPECT_THAT(examples_of(loaded, "up"), IsEmpty());
    EXPECT_THAT(examples_of(loaded, "stock.count"), IsEmpty());
}

TEST(Examples, AreBoundedInNumberAndSize) {
    std::string tests;
    for (std::size_t i = 0; i < max_examples + 3; ++i)
        tests += "  - { name: t" + std::to_string(i) +
                 ", send: { mqtt: up/d1, json: 1 }, expect: [{ happn: set /up/d1 }] }\n";
    EXPECT_THAT(examples_of(with_tests(tests), "up"), SizeIs(max_examples));
    const auto large = with_tests(
        "  - { name: large, send: { mqtt: up/d1, json: " + std::string(max_example_bytes + 1, 'x') +
        " }, expect: [{ happn: set /up/d1 }] }\n");
    EXPECT_EQ(examples_of(large, "up").front().payload, "");
}

// --- returns -------------------------------------------------------------------------------------

std::string schema_of(const std::string& returns) {
    const auto loaded =
        load_text("components: { c: { methods: { m: { returns: " + returns + ", to: { answer: 1 } } } } }\n");
    if (!loaded.table) return all_text(loaded.findings);
    return std::get<gateway::CallSource>(loaded.table->find("c.m")->source).returns;
}

TEST(Returns, IsKeptAsJson) {
    EXPECT_EQ(schema_of("{ type: object, properties: { n: { type: [integer, 'null'], minimum: 1 } } }"),
              R"({"type":"object","properties":{"n":{"type":["integer","null"],"minimum":1}}})");
    EXPECT_EQ(schema_of("{ type: object, properties: { type: { enum: [{ type: odd }] } } }"),
              R"({"type":"object","properties":{"type":{"enum":[{"type":"odd"}]}}})");
}

TEST(Returns, ATypeThatJsonDoesNotHaveIsFound) {
    EXPECT_THAT(schema_of("{ type: objekt }"),
                testing::AllOf(HasSubstr("HG409"), HasSubstr("did you mean 'object'?")));
    EXPECT_THAT(schema_of("{ type: object, properties: { n: { items: { type: int } } } }"),
                HasSubstr("HG409"));
    EXPECT_THAT(schema_of("{ anyOf: [{ type: text }] }"), HasSubstr("HG409"));
}

TEST(Returns, CannotPointElsewhere) {
    EXPECT_THAT(schema_of("{ $ref: '#/x' }"), HasSubstr("HG414"));
    EXPECT_THAT(schema_of("{ type: array, items: { $ref: '#/x' } }"), HasSubstr("HG414"));
}

TEST(Returns, IsAMap) {
    EXPECT_THAT(schema_of("object"), HasSubstr("HG407"));
}

}  // namespace
}  // namespace mappings
