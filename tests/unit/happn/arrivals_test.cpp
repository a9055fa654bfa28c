#include "adapters/happn/arrivals.hpp"

#include <gtest/gtest.h>

namespace happn::test {
namespace {

Publication publication_of(std::string_view channel, std::string_view path, std::string_view id) {
    Publication publication;
    publication.channel = channel;
    publication.path = path;
    publication.publication_id = id;
    return publication;
}

Publication stored(std::string_view channel, std::string_view path) {
    auto publication = publication_of(channel, path, "");
    publication.initial = true;
    return publication;
}

constexpr auto narrow = "/SET@/a/b";
constexpr auto wide = "/ALL@/a/*";

TEST(Arrivals, ACopyByAnotherChannelCameBefore) {
    Arrivals arrivals;
    EXPECT_FALSE(arrivals.came_before(publication_of(narrow, "/a/b", "s-1"), "s"));
    EXPECT_TRUE(arrivals.came_before(publication_of(wide, "/a/b", "s-1"), "s"));
    EXPECT_FALSE(arrivals.came_before(publication_of(wide, "/a/c", "s-1"), "s")) << "another path";
}

TEST(Arrivals, AConstantIdLosesNothing) {
    Arrivals arrivals;
    for (int i = 0; i < 3; ++i) {
        EXPECT_FALSE(arrivals.came_before(publication_of(narrow, "/a/b", "s-1"), "s"));
        EXPECT_TRUE(arrivals.came_before(publication_of(wide, "/a/b", "s-1"), "s"));
    }
    auto removal = publication_of(wide, "/a/b", "s-1");
    removal.removed = true;
    EXPECT_FALSE(arrivals.came_before(removal, "s"));
}

TEST(Arrivals, ConstantIdsWhoseCopiesComeLateLoseNothing) {
    Arrivals arrivals;
    EXPECT_FALSE(arrivals.came_before(publication_of(narrow, "/a/b", "s-1"), "s"));
    EXPECT_FALSE(arrivals.came_before(publication_of(narrow, "/a/b", "s-1"), "s"));
    EXPECT_TRUE(arrivals.came_before(publication_of(wide, "/a/b", "s-1"), "s"));
    EXPECT_TRUE(arrivals.came_before(publication_of(wide, "/a/b", "s-1"), "s"));
}

TEST(Arrivals, WithoutAnIdNothingIsACopy) {
    Arrivals arrivals;
    EXPECT_FALSE(arrivals.came_before(publication_of(narrow, "/a/b", ""), "s"));
    EXPECT_FALSE(arrivals.came_before(publication_of(wide, "/a/b", ""), "s"));
}

TEST(Arrivals, AStoredValueOfTwoChannelsComesOnce) {
    Arrivals arrivals;
    EXPECT_FALSE(arrivals.came_before(stored(narrow, "/a/b"), "s"));
    EXPECT_TRUE(arrivals.came_before(stored(wide, "/a/b"), "s"));
    EXPECT_FALSE(arrivals.came_before(stored(wide, "/a/c"), "s"));
}

TEST(Arrivals, StoredValuesComeAgainInANewSessionOrRound) {
    Arrivals arrivals;
    EXPECT_FALSE(arrivals.came_before(stored(narrow, "/a/b"), "first"));
    EXPECT_FALSE(arrivals.came_before(stored(narrow, "/a/b"), "second"));
    arrivals.forget();
    EXPECT_FALSE(arrivals.came_before(stored(narrow, "/a/b"), "second"));
}

TEST(Arrivals, RemembersABoundedNumberOfIds) {
    Arrivals arrivals;
    EXPECT_FALSE(arrivals.came_before(publication_of(narrow, "/a/b", "first"), "s"));
    for (std::size_t i = 0; i < Arrivals::publications_remembered; ++i) {
        const auto id = std::to_string(i);
        arrivals.came_before(publication_of(narrow, "/a/b", id), "s");
    }
    EXPECT_FALSE(arrivals.came_before(publication_of(wide, "/a/b", "first"), "s"));
}

}  // namespace
}  // namespace happn::test
