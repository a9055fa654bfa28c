// No message can widen what a query finds.
#include "gateway/expression/criteria_map.hpp"

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

std::string rendered(const ObjectMap& criteria, std::string payload) {
    Execution execution;
    execution.with_payload(std::move(payload));
    const auto value = render_criteria(criteria, execution.evaluation());
    if (!value) return std::string{refusal_name(value.error().reason)} + ": " + value.error().detail;
    return value->json().str();
}

const ObjectMap owned = ObjectMap::object({{"owner", leaf("{payload.owner}")}});

TEST(Criteria, CompareWithAnyValueOfTheData) {
    for (const char* value : {R"("ann")", "7", "null", R"(["a","$b"])", R"({"a":{"b":"$c"}})", R"("$ne")"}) {
        const auto payload = std::string{R"({"owner":)"} + value + "}";
        EXPECT_EQ(rendered(owned, payload), payload);
    }
}

TEST(Criteria, TakeNoOperatorFromTheData) {
    for (const char* value :
         {R"({"$ne":"zzz"})", R"({"\u0024gt":""})", R"({"a":[{"b":1,"$in":[]}]})", R"([{"$regex":"."}])"}) {
        EXPECT_EQ(rendered(owned, std::string{R"({"owner":)"} + value + "}"),
                  "parameters: {payload.owner} in criteria holds a name that begins with '$'")
            << value;
    }
}

TEST(Criteria, LoseNoConditionWhereAValueIsAbsent) {
    EXPECT_EQ(rendered(owned, "{}"), "absent: {payload.owner} in criteria has no value");
    EXPECT_EQ(rendered(ObjectMap::object({{"id", leaf("x-{payload.id}")}}), "{}"),
              "absent: x-{payload.id} in criteria has no value");
    EXPECT_EQ(rendered(ObjectMap::object({{"owner", leaf("{payload.owner|default('nobody')}")}}), "{}"),
              R"({"owner":"nobody"})");
}

TEST(Criteria, OfTheMappingMayHoldOperatorsWithValuesOfTheData) {
    const auto criteria =
        ObjectMap::object({{"n", ObjectMap::object({{"$gte", leaf("{payload.n}")}, {"$lt", constant("9")}})},
                           {"tag", ObjectMap::object({{"$in", leaf("{payload.tags}")}})},
                           {"$or", ObjectMap::list({ObjectMap::object({{"a", leaf("{payload.n}")}})})}});
    EXPECT_EQ(rendered(criteria, R"({"n":1.50,"tags":["a"]})"),
              R"({"n":{"$gte":1.50,"$lt":9},"tag":{"$in":["a"]},"$or":[{"a":1.50}]})");
    EXPECT_EQ(rendered(criteria, R"({"n":{"$ne":0},"tags":["a"]})"),
              "parameters: {payload.n} in criteria holds a name that begins with '$'");
    EXPECT_EQ(rendered(criteria, R"({"n":1})"), "absent: {payload.tags} in criteria has no value");
}

TEST(Criteria, ThatAreWrittenAreNotReplacedByASpread) {
    const auto written = constant(R"("ann")");
    const auto before = ObjectMap::object({{"...", leaf("{payload}")}, {"owner", written}});
    const auto behind = ObjectMap::object({{"owner", written}, {"...", leaf("{payload}")}});
    for (const char* payload : {R"({"owner":"bob","n":1})", R"({"\u006fwner":"bob","n":1})"}) {
        EXPECT_EQ(rendered(before, payload), R"({"n":1,"owner":"ann"})");
        EXPECT_EQ(rendered(behind, payload), R"({"owner":"ann","n":1})");
    }
}

TEST(Criteria, SayWhatThePayloadIsThatLacksAValue) {
    EXPECT_EQ(rendered(owned, "[1]"),
              "absent: {payload.owner} in criteria has no value: the payload is a list, not an object");
}

TEST(Criteria, SpreadFromTheDataAreComparedWith) {
    const auto criteria = ObjectMap::object({{"...", leaf("{payload}")}, {"public", constant("true")}});
    EXPECT_EQ(rendered(criteria, R"({"owner":"ann"})"), R"({"owner":"ann","public":true})");
    EXPECT_EQ(rendered(criteria, R"({"$or":[{"owner":"ann"}]})"),
              "parameters: {payload} in criteria holds a name that begins with '$'");
}

TEST(Criteria, ThatTheDataGivesAsAWholeMayHoldAnything) {
    const auto whole = leaf("{payload.filter}");
    EXPECT_EQ(rendered(whole, R"({"filter":{"n":{"$gt":1}}})"), R"({"n":{"$gt":1}})");
    EXPECT_EQ(rendered(whole, "{}"), "absent: {payload.filter} in criteria has no value");
    for (const auto& [value, kind] : {std::pair{"1", "a number"},
                                      std::pair{"null", "null"},
                                      std::pair{"[]", "a list"},
                                      std::pair{R"("{}")", "a text"}})
        EXPECT_EQ(rendered(whole, std::string{R"({"filter":)"} + value + "}"),
                  std::string{"parameters: criteria must be an object, not "} + kind);
}

}  // namespace
}  // namespace gateway
