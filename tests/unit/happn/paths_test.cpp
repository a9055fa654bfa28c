#include "adapters/happn/paths.hpp"
#include "tests/tree/tree.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

namespace {

using nlohmann::json;

TEST(HappnPaths, AcceptsWhatNewMeshesAccept) {
    EXPECT_TRUE(happn::legal_path("/a/B-9_x.y:z@(q){r}=1&s+t%/white space*"));
    for (const auto* const path : {"", "/a#", "/a?", "/\xc3\xa9", "/a;b", "/a\"", "/a,b"}) {
        EXPECT_FALSE(happn::legal_path(path)) << path;
    }
    EXPECT_TRUE(happn::legal_set_path("/a/b"));
    EXPECT_FALSE(happn::legal_set_path("/a/*"));
}

TEST(HappnPaths, TakesChannelsApart) {
    const auto channel = happn::parse_channel("/REMOVE@/a/*");
    ASSERT_TRUE(channel);
    EXPECT_EQ(channel->word, happn::ChannelWord::remove);
    EXPECT_EQ(channel->path, "/a/*");
    EXPECT_EQ(happn::make_channel(happn::ChannelWord::all, "*"), "/ALL@*");
    EXPECT_FALSE(happn::parse_channel("/a/b"));
    EXPECT_FALSE(happn::parse_channel("/set@/a"));
}

TEST(HappnPaths, TakesRequestPathsApart) {
    const auto path = happn::parse_request_path("/_exchange/requests/TestNode/componentName/methodName");
    ASSERT_TRUE(path);
    EXPECT_EQ(path->domain, "TestNode");
    EXPECT_EQ(path->component, "componentName");
    EXPECT_EQ(path->method, "methodName");
    EXPECT_FALSE(happn::parse_request_path("/_exchange/requests/TestNode/componentName"));
    EXPECT_FALSE(happn::parse_request_path("/_exchange/requests/a/b/c/d"));
    EXPECT_EQ(happn::make_request_path("d", "c", "m"), "/_exchange/requests/d/c/m");
}

TEST(HappnPaths, MakesBothCallbackFormats) {
    const happn::RequestPath method{"TestNode", "c", "m"};
    const auto insecure = happn::insecure_response("sid", method, 3);
    EXPECT_EQ(insecure.path, "/_exchange/responses/sid/TestNode/c/m/3");
    EXPECT_EQ(insecure.channel, "/SET@/_exchange/responses/sid/*");
    EXPECT_EQ(happn::modern_insecure_response("sid", method, 3).channel,
              "/SET@/_exchange/responses/sid/*/*/*/*");
    const auto secure = happn::secure_response("sid", method, 3);
    EXPECT_EQ(secure.path, "/_exchange/responses/TestNode/c/m/sid/3");
    EXPECT_EQ(secure.channel, "/SET@/_exchange/responses/TestNode/c/m/sid/*");
}

/// The paths of the experiment: everything that any pattern of it has met.
std::set<std::string> all_paths(const json& matrix) {
    std::set<std::string> paths;
    for (const auto& [generation, rows] : matrix.items()) {
        if (!rows.is_array()) continue;
        for (const auto& row : rows) {
            for (const auto& path : row["on"])
                paths.insert(path);
            for (const auto& path : row["get"])
                paths.insert(path);
        }
    }
    return paths;
}

/// Subscriptions of newer meshes, pattern by pattern as measured (happn-3 12.1.10 and 13.12.1).
TEST(HappnPaths, MatchesSubscriptionsAsNewMeshesDo) {
    std::ifstream file{support::test_data("wildcard-matrix.json")};
    const auto matrix = json::parse(file);
    const auto paths = all_paths(matrix);
    for (const auto& [generation, rows] : matrix.items()) {
        if (generation.find("13.12.1") == std::string::npos) continue;
        for (const auto& row : rows) {
            const auto pattern = row["pat"].get<std::string>();
            const auto met = row["on"].get<std::set<std::string>>();
            for (const auto& path : paths) {
                if (!happn::legal_set_path(path)) continue;  // such a path cannot be set there
                EXPECT_EQ(happn::matches_new(pattern, path), met.contains(path)) << pattern << " " << path;
            }
        }
    }
}

TEST(HappnPaths, MatchesStoredItemsAsNewMeshesDo) {
    std::ifstream file{support::test_data("wildcard-matrix.json")};
    const auto matrix = json::parse(file);
    const auto paths = all_paths(matrix);
    for (const auto& [generation, rows] : matrix.items()) {
        if (generation.find("13.12.1") == std::string::npos) continue;
        for (const auto& row : rows) {
            const auto pattern = row["pat"].get<std::string>();
            const auto met = row["get"].get<std::set<std::string>>();
            for (const auto& path : paths) {
                if (!happn::legal_set_path(path)) continue;
                EXPECT_EQ(happn::matches_stored(pattern, path), met.contains(path)) << pattern << " " << path;
            }
        }
    }
}

TEST(HappnPaths, OldSubscriptionsCrossSlashesAndGoOnBehindTheirPattern) {
    EXPECT_TRUE(happn::matches_old("/w/*", "/w/a/b/c"));
    EXPECT_TRUE(happn::matches_old("/w/*/b", "/w/a/b/c"));
    EXPECT_TRUE(happn::matches_old("/w/a", "/w/a"));
    EXPECT_FALSE(happn::matches_old("/w/a", "/w/a/b"));
    EXPECT_FALSE(happn::matches_old("/w/*", "/x/w/a"));
}

}  // namespace
