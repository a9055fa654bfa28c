#include "adapters/happn/query/query.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "adapters/happn/node/store/memory_store.hpp"
#include "adapters/happn/node/store/stored_items.hpp"

namespace happn::node {
namespace {

using Paths = std::vector<std::string>;

class Selecting : public testing::Test {
protected:
    Selecting() {
        store_.put("/d/a", {R"({"u":3,"t":"x"})", {30, 30}, {}}).value();
        store_.put("/d/b", {R"({"u":1,"t":"y","n":{"m":7}})", {10, 10}, {}}).value();
        store_.put("/d/c", {R"({"u":2})", {20, 20}, {}}).value();
    }
    Paths found(std::string_view options) {
        Paths paths;
        for (const auto& selected :
             query::select(stored_items(store_, "/d/*"), options, query::Naming::current).value()) {
            paths.emplace_back(selected.path);
        }
        return paths;
    }
    std::string refusal(std::string_view options) {
        const auto selected = query::select(stored_items(store_, "/d/*"), options, query::Naming::current);
        return selected.has_error() ? selected.error().message : "none";
    }
    MemoryStore store_{{.items = 10, .bytes = 1000}};
};

TEST_F(Selecting, ComparesFieldsByMongoOperators) {
    EXPECT_EQ(found(R"({"criteria":{"u":2}})"), (Paths{"/d/c"}));
    EXPECT_EQ(found(R"({"criteria":{"u":{"$gte":2}}})"), (Paths{"/d/a", "/d/c"}));
    EXPECT_EQ(found(R"({"criteria":{"u":{"$gt":1,"$lt":3}}})"), (Paths{"/d/c"}));
    EXPECT_EQ(found(R"({"criteria":{"t":{"$ne":"x"}}})"), (Paths{"/d/b", "/d/c"}));
    EXPECT_EQ(found(R"({"criteria":{"u":{"$in":[1,3]}}})"), (Paths{"/d/a", "/d/b"}));
    EXPECT_EQ(found(R"({"criteria":{"data.n.m":7}})"), (Paths{"/d/b"}));
    EXPECT_EQ(found(R"({"criteria":{"_meta.created":{"$lte":20}}})"), (Paths{"/d/b", "/d/c"}));
}

TEST_F(Selecting, CombinesCriteria) {
    EXPECT_EQ(found(R"({"criteria":{"$or":[{"u":1},{"t":"x"}]}})"), (Paths{"/d/a", "/d/b"}));
    EXPECT_EQ(found(R"({"criteria":{"$and":[{"u":{"$gt":1}},{"t":"x"}]}})"), (Paths{"/d/a"}));
    EXPECT_EQ(found(R"({"criteria":{"$nor":[{"u":1},{"t":"x"}]}})"), (Paths{"/d/c"}));
    EXPECT_EQ(found(R"({"criteria":{"u":{"$not":{"$gt":1}}}})"), (Paths{"/d/b"}));
}

TEST_F(Selecting, SortsSkipsAndLimits) {
    EXPECT_EQ(found(R"({"options":{"sort":{"u":-1}}})"), (Paths{"/d/a", "/d/c", "/d/b"}));
    EXPECT_EQ(found(R"({"options":{"sort":{"_meta.created":1},"limit":1,"skip":1}})"), (Paths{"/d/c"}));
    EXPECT_EQ(found(R"({"sort":{"u":1},"options":{"limit":2}})"), (Paths{"/d/b", "/d/c"}));
    EXPECT_EQ(found(R"({"options":{"limit":-1,"skip":"x"}})").size(), 3u);
}

TEST_F(Selecting, SortsByTheNameThatIsWrittenFirst) {
    store_.put("/d/z1", {R"({"z":1,"a":2})", {40, 40}, {}}).value();
    store_.put("/d/z2", {R"({"z":2,"a":1})", {50, 50}, {}}).value();
    const auto sorted = [this](const std::string& sort) {
        return found(R"({"criteria":{"z":{"$gt":0}},"options":{"sort":)" + sort + "}}");
    };
    EXPECT_EQ(sorted(R"({"z":1,"a":1})"), (Paths{"/d/z1", "/d/z2"}));
    EXPECT_EQ(sorted(R"({"a":1,"z":1})"), (Paths{"/d/z2", "/d/z1"}));
}

TEST_F(Selecting, FieldsAndPathOnlyCutItems) {
    const auto fields =
        query::select(
            stored_items(store_, "/d/b"), R"({"fields":{"t":1,"_meta.created":1}})", query::Naming::current)
            .value();
    EXPECT_EQ(fields.front().data, R"({"t":"y"})");
    EXPECT_EQ(*fields.front().meta, R"({"created":10})");
    const auto bare =
        query::select(
            stored_items(store_, "/d/b"), R"({"options":{"path_only":true}})", query::Naming::current)
            .value();
    EXPECT_EQ(bare.front().data, "{}");
    EXPECT_EQ(*bare.front().meta, R"({"path":"/d/b"})");
}

TEST_F(Selecting, RefusesWhatItDoesNotUnderstand) {
    std::string nested = R"({"u":1})";
    for (int i = 0; i < 30; ++i) {
        nested = R"({"$and":[)" + nested + "]}";
    }
    EXPECT_EQ(refusal(R"({"criteria":)" + nested + "}"), "criteria are nested too deeply");
    std::string many;
    for (int i = 0; i < 1001; ++i) {
        many += (many.empty() ? "" : ",") + std::string{R"({"u":1})"};
    }
    EXPECT_EQ(refusal(R"({"criteria":{"$or":[)" + many + "]}}"), "criteria have more than 1000 conditions");
    EXPECT_EQ(refusal(R"({"criteria":{"u":{"$in":[)" + many + "]}}}"),
              "criteria have more than 1000 conditions");
    std::string names;
    for (int i = 0; i < 1001; ++i) {
        names += (names.empty() ? "" : ",") + ("\"n" + std::to_string(i)) + "\":1";
    }
    EXPECT_EQ(refusal(R"({"fields":{)" + names + "}}"), "fields have more than 1000 names");
    EXPECT_EQ(refusal(R"({"options":{"sort":{)" + names + "}}}"), "sort has more than 1000 names");
    EXPECT_EQ(refusal(R"({"criteria":{"u":1e999}})"), "options with a number that is out of range");
    EXPECT_EQ(refusal(R"({"criteria":{"$where":"1"}})"), "unknown operator: $where");
    EXPECT_EQ(refusal(R"({"criteria":{"u":{"$gt":1,"$foo":1}}})"), "unknown operator: $foo");
    EXPECT_EQ(refusal(R"({"criteria":{"u":{"$in":1}}})"), "$in needs an array");
    EXPECT_EQ(refusal(R"({"criteria":{"u":{"$mod":[0,1]}}})"), "$mod needs [divisor, remainder]");
    EXPECT_EQ(refusal(R"({"criteria":{"t":{"$regex":"("}}})"), "Invalid regular expression: missing ): (");
    EXPECT_EQ(refusal(R"({"aggregate":[]})"), "aggregate feature not available for provider on path: /d/*");
}

/// What a backtracking engine would need the age of the universe for.
TEST_F(Selecting, HostilePatternsEndInLinearTime) {
    store_.put("/d/x", {R"({"t":")" + std::string(40, 'a') + R"(!"})", {1, 1}, {}}).value();
    EXPECT_EQ(found(R"({"criteria":{"t":{"$regex":"^(a+)+$"}}})"), Paths{});
}

TEST_F(Selecting, NothingHasAllOfNoValues) {
    EXPECT_EQ(found(R"({"criteria":{"t":{"$all":["y"]}}})"), Paths{"/d/b"});
    EXPECT_EQ(found(R"({"criteria":{"t":{"$all":[]}}})"), Paths{});
}

TEST_F(Selecting, WhatIsOfTheWrongKindCountsAsNotSaid) {
    EXPECT_EQ(found(R"({"criteria":{"u":{"$gte":"x"}}})"), Paths{});
    EXPECT_EQ(found(R"({"criteria":5,"fields":7})").size(), 3u);
}

}  // namespace
}  // namespace happn::node
