#include "adapters/mqtt/topic.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gateway::mqtt {
namespace {

TEST(Topic, WithWildcardsOrNulOrNoLengthIsIllegal) {
    EXPECT_TRUE(legal_topic("devices/d1"));
    EXPECT_TRUE(legal_topic("/"));
    EXPECT_FALSE(legal_topic(""));
    EXPECT_FALSE(legal_topic("devices/+"));
    EXPECT_FALSE(legal_topic("devices/#"));
    EXPECT_FALSE(legal_topic("a+b"));
    EXPECT_FALSE(legal_topic(std::string{"a\0b", 3}));
    EXPECT_FALSE(legal_topic("\xff\xfe"));
    EXPECT_TRUE(legal_topic(std::string(65535, 'a')));
    EXPECT_FALSE(legal_topic(std::string(65536, 'a')));
}

struct CoverCase {
    const char* wide;
    const char* narrow;
    bool covers;
};

TEST(Filter, CoversWhatItMatchesWhole) {
    const CoverCase cases[] = {
        {"a/b", "a/b", true},     {"a/b", "a/c", false},      {"a/+", "a/b", true},
        {"a/+", "a/+", true},     {"a/b", "a/+", false},      {"a/+", "a/b/c", false},
        {"a/#", "a/b/c", true},   {"a/#", "a", true},         {"a/#", "a/+/c", true},
        {"a/+", "a/#", false},    {"#", "a/b", true},         {"#", "$SYS/x", false},
        {"+/x", "$SYS/x", false}, {"$SYS/#", "$SYS/x", true}, {"a/+/c", "a/b/+", false},
        {"+", "", true},          {"a/+", "a/", true},        {"a", "a/", false},
        {"#", "#", true},         {"+/#", "#", false},
    };
    for (const CoverCase& one : cases)
        EXPECT_EQ(covers(one.wide, one.narrow), one.covers) << one.wide << " covers " << one.narrow;
}

TEST(Filter, OverlapsWhereOneTopicFitsBoth) {
    EXPECT_TRUE(overlap("a/+/c", "a/b/+"));
    EXPECT_TRUE(overlap("a/#", "a"));
    EXPECT_TRUE(overlap("+/b", "a/#"));
    EXPECT_FALSE(overlap("a/b", "a/b/c"));
    EXPECT_FALSE(overlap("a/+", "b/+"));
    EXPECT_FALSE(overlap("#", "$SYS/a"));
}

TEST(Filter, CommonFilterCoversBothOfAnOverlap) {
    EXPECT_EQ(common_filter("a/+/c", "a/b/+"), "a/+/+");
    EXPECT_EQ(common_filter("+/b", "a/#"), "+/#");
    EXPECT_EQ(common_filter("a/#", "a"), "a/#");
}

}  // namespace
}  // namespace gateway::mqtt
