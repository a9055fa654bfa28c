// What of a query a mesh's store is asked.
#include "adapters/happn/query/pushdown.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace happn::query {
namespace {

using nlohmann::json;

json asked_of(const char* query, Store store) {
    return json::parse(push_down(query, store).options);
}

/// What is left to do: all of it, or nothing.
bool is_left(const char* query, Store store) {
    const auto remaining = push_down(query, store).remaining;
    EXPECT_TRUE(remaining.empty() || remaining == select_options(query)) << remaining;
    return !remaining.empty();
}

TEST(Pushdown, WhatAsksForNothingIsDoneByTheStore) {
    for (const Store store : {Store::nedb, Store::loki}) {
        EXPECT_EQ(push_down("", store).options, "{}");
        EXPECT_FALSE(is_left("{}", store));
        EXPECT_EQ(asked_of(R"({"limit":2})", store), json::parse(R"({"options":{"limit":2}})"));
        EXPECT_FALSE(is_left(R"({"limit":2})", store));
    }
}

TEST(Pushdown, NedbIsAskedForOneOperatorANameAsItWantsOneElementOfAnArrayThatFitsAll) {
    EXPECT_EQ(asked_of(R"({"criteria":{"g":"one","n":{"$gte":0,"$lt":6}},"limit":2})", Store::nedb),
              json::parse(R"({"criteria":{"g":"one","n":{"$gte":0}}})"));
    const auto* query = R"({"criteria":{"g":"one","n":{"$gte":0}},"sort":{"n":-1},"limit":2,"skip":3})";
    EXPECT_EQ(
        asked_of(query, Store::nedb),
        json::parse(R"({"criteria":{"g":"one","n":{"$gte":0}},"options":{"sort":{"n":-1},"limit":5}})"));
    EXPECT_EQ(push_down(query, Store::nedb).limit, 5u);
    EXPECT_TRUE(is_left(query, Store::nedb));
}

TEST(Pushdown, LokiIsAskedForOneOperatorANameAndForArrays) {
    EXPECT_EQ(asked_of(R"({"criteria":{"n":{"$gte":0,"$lt":6}}})", Store::loki),
              json::parse(R"({"criteria":{"$and":[
        {"$or":[{"n":{"$gte":0}},{"n":{"$type":"array"}}]},
        {"$or":[{"n":{"$lt":6}},{"n":{"$type":"array"}}]}]}})"));
    EXPECT_EQ(asked_of(R"({"criteria":{"g":{"$eq":"one"}}})", Store::loki),
              json::parse(R"({"criteria":{"$or":[{"g":"one"},{"g":{"$type":"array"}}]}})"));
}

TEST(Pushdown, ConditionsThatAStoreMisreadsAreLeftOut) {
    for (const Store store : {Store::nedb, Store::loki}) {
        for (const char* condition : {R"("$or":[{"n":1},{"g":"one"}])",
                                      R"("$and":[{"n":1},{"g":"one"}])",
                                      R"("n":null)",
                                      R"("n":{"a":1})",
                                      R"("n":[1])",
                                      R"("n":{})",
                                      R"("n":{"$not":{"$gt":1}})",
                                      R"("n":{"$gt":null})",
                                      R"("n":{"$gte":true})",
                                      R"("n":{"$in":[1,null]})",
                                      R"("s":{"$regex":"^a","$options":"i"})",
                                      R"("rows.0.k":1)",
                                      R"("data.n":1)",
                                      R"("_meta.created":{"$gt":1})",
                                      R"("path":"/a")"}) {
            const auto query = std::string{R"({"criteria":{)"} + condition + R"(,"m":5},"limit":2})";
            const auto asked = asked_of(query.c_str(), store);
            const auto only_other = asked_of(R"({"criteria":{"m":5}})", store);
            EXPECT_EQ(asked, only_other)
                << condition << ": and no limit, as items that do not fit would count";
            EXPECT_TRUE(is_left(query.c_str(), store)) << condition;
        }
    }
}

TEST(Pushdown, NedbLosesConditionsOnNothing) {
    for (const char* value : {"0", "\"\"", "false"}) {
        const auto query = std::string{R"({"criteria":{"n":)"} + value + R"(},"limit":2})";
        EXPECT_EQ(asked_of(query.c_str(), Store::nedb), json::object());
        EXPECT_EQ(asked_of(query.c_str(), Store::loki)["options"]["limit"], 2);
    }
}

TEST(Pushdown, NedbSkipsNothing) {
    EXPECT_EQ(asked_of(R"({"limit":2,"skip":3})", Store::nedb), json::parse(R"({"options":{"limit":5}})"));
    EXPECT_TRUE(is_left(R"({"limit":2,"skip":3})", Store::nedb));
    EXPECT_EQ(asked_of(R"({"limit":2,"skip":3})", Store::loki),
              json::parse(R"({"options":{"limit":2,"skip":3}})"));
    EXPECT_FALSE(is_left(R"({"limit":2,"skip":3})", Store::loki));
}

TEST(Pushdown, ALimitIsForTheStoreOnlyAfterAnOrderThatItKnows) {
    const auto* by_number = R"({"sort":{"n":1},"limit":2})";
    EXPECT_EQ(asked_of(by_number, Store::nedb), json::parse(R"({"options":{"sort":{"n":1},"limit":2}})"));
    EXPECT_EQ(asked_of(by_number, Store::loki), json::object()) << "texts that look like numbers";
    for (const char* other : {R"({"sort":{"n":"ascending"},"limit":2})",
                              R"({"sort":{"_meta.created":1},"limit":2})",
                              R"({"sort":{"n":1}})"}) {
        EXPECT_EQ(asked_of(other, Store::nedb), json::object()) << other;
        EXPECT_EQ(push_down(other, Store::nedb).limit, 0u);
    }
}

TEST(Pushdown, FieldsAreNeverLeftOutByTheStoreAsTheTimesWouldGoWithThem) {
    EXPECT_EQ(asked_of(R"({"fields":{"a":1}})", Store::loki), json::object());
    EXPECT_TRUE(is_left(R"({"fields":{"a":1}})", Store::loki));
}

TEST(Pushdown, LokiComparesTextsInJavaScriptsOrder) {
    EXPECT_EQ(asked_of(R"({"criteria":{"d":{"$gte":"2020"}}})", Store::loki),
              json::parse(R"({"criteria":{"$or":[{"d":{"$jgte":"2020"}},{"d":{"$type":"array"}}]}})"));
    EXPECT_EQ(asked_of(R"({"criteria":{"d":{"$gte":"\u00e9"}}})", Store::loki), json::object())
        << "UTF-16 orders these otherwise than UTF-8";
}

TEST(Pushdown, LokiIsNotAskedForWhatLiesBelowANameWhichMayBeNull) {
    EXPECT_EQ(asked_of(R"({"criteria":{"o.x":1}})", Store::loki), json::object());
    EXPECT_EQ(asked_of(R"({"criteria":{"o.x":1}})", Store::nedb), json::parse(R"({"criteria":{"o.x":1}})"));
}

TEST(Pushdown, NedbLosesEmptyArraysWhereSomethingIsToDiffer) {
    EXPECT_EQ(asked_of(R"({"criteria":{"tags":{"$ne":"red"}}})", Store::nedb), json::object());
    EXPECT_NE(asked_of(R"({"criteria":{"tags":{"$ne":"red"}}})", Store::loki), json::object());
}

TEST(Pushdown, ASortKeepsItsOrder) {
    EXPECT_EQ(push_down(R"({"sort":{"z":1,"a":-1},"limit":2})", Store::nedb).options,
              R"({"options":{"sort":{"z":1,"a":-1},"limit":2}})");
}

/// Where the time for each name grew with the names before it, this would take minutes.
TEST(Pushdown, ReadsAnyNumberOfNames) {
    std::string names;
    for (int i = 0; i < 100'000; ++i)
        names.append(i == 0 ? "{\"n" : ",\"n").append(std::to_string(i)).append("\":1");
    names += '}';
    const auto query = R"({"criteria":{"owner":)" + names + R"(,"m":5},"sort":)" + names + "}";
    for (const Store store : {Store::nedb, Store::loki})
        EXPECT_EQ(push_down(query, store).options, push_down(R"({"criteria":{"m":5}})", store).options);
}

TEST(Pushdown, TheWordsOfLokiMakeNedbShowItself) {
    EXPECT_TRUE(is_of_another_store("Unknown comparison function $type"));
    EXPECT_FALSE(is_of_another_store("unauthorized"));
}

}  // namespace
}  // namespace happn::query
