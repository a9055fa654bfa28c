#include "gateway/expression/object_map.hpp"

#include <gtest/gtest.h>

#include "tests/unit/expression/expression_support.hpp"

namespace gateway {
namespace {

using testing::Execution;
using testing::open_scope;

ObjectMap leaf(std::string_view text) {
    return ObjectMap{Template::parse(text, open_scope()).value()};
}
ObjectMap constant(std::string_view json) {
    return ObjectMap{Value::json(Bytes::copy(json))};
}

std::string rendered(const ObjectMap& map, std::string payload) {
    Execution execution;
    execution.with_payload(std::move(payload));
    const auto value = map.render(execution.evaluation());
    if (!value) return std::string{refusal_name(value.error().reason)} + ": " + value.error().detail;
    return value->absent() ? "absent" : value->json().str();
}

TEST(ObjectMap, RendersNestedTemplatesWithBytesUntouched) {
    const auto map = ObjectMap::object({{"celsius", leaf("{payload.t}")},
                                        {"name", leaf("dev-{payload.id}")},
                                        {"in\"side", ObjectMap::object({{"unit", constant("\"C\"")}})},
                                        {"list", ObjectMap::list({leaf("{payload.t}"), constant("1.0")})}});
    EXPECT_EQ(rendered(map, R"({"t":21.50,"id":7})"),
              R"({"celsius":21.50,"name":"dev-7","in\"side":{"unit":"C"},"list":[21.50,1.0]})");
}

TEST(ObjectMap, AbsentMembersAreLeftOutAndAbsentElementsAreNull) {
    const auto map = ObjectMap::object({{"a", leaf("{payload.a}")},
                                        {"b", leaf("{payload.b|default(100)}")},
                                        {"c", ObjectMap::list({leaf("{payload.a}"), leaf("{payload.c}")})}});
    EXPECT_EQ(rendered(map, R"({"c":null})"), R"({"b":100,"c":[null,null]})");
    EXPECT_EQ(rendered(leaf("{payload.a}"), "{}"), "absent");
    EXPECT_EQ(rendered(ObjectMap{}, "{}"), "absent");
    EXPECT_EQ(rendered(ObjectMap::object({}), "{}"), "{}");
    EXPECT_EQ(rendered(ObjectMap::list({}), "{}"), "[]");
}

TEST(ObjectMap, SpreadPutsAnObjectIntoTheOneAround) {
    const auto map = ObjectMap::object(
        {{"first", constant("1")}, {"...", leaf("{payload}")}, {"t", leaf("{payload.t|mul(2)}")}});
    EXPECT_EQ(rendered(map, R"({"t": 1, "x" : [1, 2], "first":0})"), R"({"first":0,"t":2,"x":[1, 2]})");
    EXPECT_EQ(rendered(map, R"({"\u0074":4,"t":3})"), R"({"first":1,"t":6})");
}

TEST(ObjectMap, SpreadingAnythingButAnObjectIsRefused) {
    const auto map = ObjectMap::object({{"...", leaf("{payload.x}")}, {"y", constant("1")}});
    EXPECT_EQ(rendered(map, R"({"x":{"z":2}})"), R"({"z":2,"y":1})");
    EXPECT_EQ(rendered(map, "{}"), R"({"y":1})");
    const std::string refused = "absent: '...' can only spread an object, not ";
    EXPECT_EQ(rendered(map, R"({"x":1})"), refused + "a number");
    EXPECT_EQ(rendered(map, R"({"x":[1]})"), refused + "a list");
    EXPECT_EQ(rendered(map, R"({"x":"{}"})"), refused + "a text");
    EXPECT_EQ(rendered(map, R"({"x":null})"), refused + "null");
}

TEST(ObjectMap, WhatAPipeRefusesRefusesTheWhole) {
    const auto map = ObjectMap::object({{"a", ObjectMap::list({leaf("{payload.x|int}")})}});
    EXPECT_EQ(rendered(map, R"({"x":"y"})"), "absent: {payload.x|int}: a text is not a number");
}

TEST(ObjectMap, KnowsWhetherItReadsThePayload) {
    EXPECT_FALSE(constant("1").needs_payload());
    EXPECT_FALSE(ObjectMap::object({{"a", leaf("{message.id}")}}).needs_payload());
    EXPECT_TRUE(ObjectMap::object({{"a", ObjectMap::list({leaf("{payload.x}")})}}).needs_payload());
}

TEST(ObjectMap, ItsSchemaSaysWhatTheTemplatesAloneTell) {
    const auto map = ObjectMap::object({{"any", leaf("{payload.t}")},
                                        {"text", leaf("dev-{payload.id}")},
                                        {"...", leaf("{payload}")},
                                        {"in\"side", ObjectMap::object({{"unit", constant("\"C\"")}})},
                                        {"list", ObjectMap::list({leaf("{payload.t}"), constant("1.0")})},
                                        {"none", ObjectMap::list({})}});
    EXPECT_EQ(map.schema(),
              R"({"type":"object","properties":{"any":{},"text":{"type":"string"},)"
              R"("in\"side":{"type":"object","properties":{"unit":{"const":"C"}}},)"
              R"("list":{"type":"array","prefixItems":[{},{"const":1.0}]},)"
              R"("none":{"type":"array","maxItems":0}}})");
}

}  // namespace
}  // namespace gateway
