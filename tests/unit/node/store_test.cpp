#include "adapters/happn/node/store.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "adapters/happn/node/query.hpp"

namespace happn::node {
namespace {

std::vector<std::string> paths(const std::vector<Stored>& found) {
    std::vector<std::string> paths;
    for (const Stored& stored : found) {
        paths.emplace_back(stored.path);
    }
    return paths;
}

using Paths = std::vector<std::string>;

TEST(Store, KeepsWhenAnItemWasMadeAndWhenItChanged) {
    Store store{10};
    store.set("/a", R"({"x":1})", 100);
    const Item* item = store.set("/a", R"({"x":2})", 200);
    ASSERT_NE(item, nullptr);
    EXPECT_EQ(item->data, R"({"x":2})");
    EXPECT_EQ(item->created, 100);
    EXPECT_EQ(item->modified, 200);
}

TEST(Store, StarCrossesSlashesAndBothEndsCount) {
    Store store{10};
    for (const char* path : {"/w", "/w/a", "/w/a/b", "/w/ab", "/x/w/a", "w/a"}) {
        store.set(path, "{}", 1);
    }
    EXPECT_EQ(paths(store.find("/w/*")), (Paths{"/w/a", "/w/a/b", "/w/ab"}));
    EXPECT_EQ(paths(store.find("*/a")), (Paths{"/w/a", "/x/w/a", "w/a"}));
    EXPECT_EQ(paths(store.find("/w/a")), (Paths{"/w/a"}));
    EXPECT_EQ(store.find("*").size(), 6u);
}

TEST(Store, RemoveCountsAndTakesOnlyWhatMatches) {
    Store store{10};
    for (const char* path : {"/d/1", "/d/2", "/e"}) {
        store.set(path, "{}", 1);
    }
    EXPECT_EQ(store.remove("/d/*"), 2u);
    EXPECT_EQ(store.remove("/d/*"), 0u);
    EXPECT_EQ(store.size(), 1u);
}

TEST(Store, IsBoundedInNumberButKnownPathsCanChange) {
    Store store{1};
    EXPECT_NE(store.set("/a", "{}", 1), nullptr);
    EXPECT_EQ(store.set("/b", "{}", 1), nullptr);
    EXPECT_NE(store.set("/a", R"({"x":1})", 2), nullptr);
}

TEST(Store, IsBoundedInBytesOfPathsAndData) {
    Store store{10, 20};
    ASSERT_NE(store.set("/a", R"({"x":1})", 1), nullptr);  // 2 + 7
    ASSERT_NE(store.set("/b", R"({"x":1})", 1), nullptr);
    EXPECT_EQ(store.set("/c", "{}", 2), nullptr);
    EXPECT_EQ(store.set("/a", R"({"x":1000})", 2), nullptr);
    EXPECT_EQ(store.merge("/b", R"({"y":1})", 2), nullptr);
    EXPECT_EQ(store.get("/a")->data, R"({"x":1})");
    EXPECT_EQ(store.bytes(), 18u);
    ASSERT_NE(store.set("/a", "{}", 3), nullptr);
    EXPECT_NE(store.set("/c", "{}", 3), nullptr);
    EXPECT_EQ(store.remove("*"), 3u);
    EXPECT_EQ(store.bytes(), 0u);
}

TEST(Store, MergeReplacesTopLevelMembersOnly) {
    EXPECT_EQ(merged(R"({"a":{"x":1},"b":1})", R"({"a":{"y":2},"c":3})"), R"({"a":{"y":2},"b":1,"c":3})");
    Store store{2};
    EXPECT_EQ(store.merge("/a", R"({"x":1})", 1)->data, R"({"x":1})");
    EXPECT_EQ(store.merge("/a", R"({"value":5})", 2)->data, R"({"x":1,"value":5})");
}

TEST(StoredForm, WrapsWhatIsNoObjectAndDropsMeta) {
    EXPECT_EQ(stored_form("5"), R"({"value":5})");
    EXPECT_EQ(stored_form("null"), R"({"value":null})");
    EXPECT_EQ(stored_form(R"(["a"])"), R"({"value":["a"]})");
    EXPECT_EQ(stored_form(""), "{}");
    EXPECT_EQ(stored_form(R"({"a":1,"_meta":{"x":2},"b":2})"), R"({"a":1,"b":2})");
    EXPECT_EQ(stored_form(R"({"a":{"_meta":1}})"), R"({"a":{"_meta":1}})");
}

class Selecting : public testing::Test {
protected:
    Selecting() {
        store_.set("/d/a", R"({"u":3,"t":"x"})", 30);
        store_.set("/d/b", R"({"u":1,"t":"y","n":{"m":7}})", 10);
        store_.set("/d/c", R"({"u":2})", 20);
    }
    Paths found(std::string_view options) {
        Paths paths;
        for (const auto& selected : select(store_.find("/d/*"), options)) {
            paths.emplace_back(selected.path);
        }
        return paths;
    }
    Store store_{10};
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
    EXPECT_EQ(found(R"({"criteria":{"$where":"1"}})"), Paths{});
}

TEST_F(Selecting, SortsSkipsAndLimits) {
    EXPECT_EQ(found(R"({"options":{"sort":{"u":-1}}})"), (Paths{"/d/a", "/d/c", "/d/b"}));
    EXPECT_EQ(found(R"({"options":{"sort":{"_meta.created":1},"limit":1,"skip":1}})"), (Paths{"/d/c"}));
    EXPECT_EQ(found(R"({"sort":{"u":1},"limit":2})"), (Paths{"/d/b", "/d/c"}));
    EXPECT_EQ(found(R"({"options":{"limit":-1,"skip":"x"}})").size(), 3u);
}

TEST_F(Selecting, FieldsAndPathOnlyCutItems) {
    const auto fields = select(store_.find("/d/b"), R"({"fields":{"t":1,"_meta.created":1}})");
    EXPECT_EQ(*fields.front().data, R"({"t":"y"})");
    EXPECT_EQ(*fields.front().meta, R"({"created":10})");
    const auto bare = select(store_.find("/d/b"), R"({"options":{"path_only":true}})");
    EXPECT_EQ(*bare.front().data, "{}");
    EXPECT_EQ(*bare.front().meta, R"({"path":"/d/b"})");
}

TEST_F(Selecting, HostileCriteriaMatchNothing) {
    std::string nested = R"({"u":1})";
    for (int i = 0; i < 30; ++i) {
        nested = R"({"$and":[)" + nested + "]}";
    }
    EXPECT_EQ(found(R"({"criteria":)" + nested + "}"), Paths{});
    EXPECT_EQ(found(R"({"criteria":{"u":{"$gte":"x"}}})"), Paths{});
    EXPECT_EQ(found(R"({"criteria":5,"fields":7})").size(), 3u);
}

}  // namespace
}  // namespace happn::node
