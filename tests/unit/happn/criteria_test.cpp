// Criteria for stores that heed one operator a name.
#include "adapters/happn/criteria.hpp"

#include <gtest/gtest.h>

namespace happn {
namespace {

TEST(OneOperatorAName, SeveralBecomeAnAndOfOneEach) {
    EXPECT_EQ(one_operator_a_name(R"({"n":{"$gte":0,"$lt":6}})"),
              R"({"$and":[{"n":{"$gte":0}},{"n":{"$lt":6}}]})");
    EXPECT_EQ(one_operator_a_name(R"({"g":"one","n":{"$gte":0,"$lt":6}})"),
              R"({"$and":[{"g":"one"},{"n":{"$gte":0}},{"n":{"$lt":6}}]})");
}

TEST(OneOperatorAName, AlsoWhereCriteriaAreCombined) {
    EXPECT_EQ(one_operator_a_name(R"({"$or":[{"n":{"$gt":0,"$lt":6}},{"g":"one"}]})"),
              R"({"$or":[{"$and":[{"n":{"$gt":0}},{"n":{"$lt":6}}]},{"g":"one"}]})");
    EXPECT_EQ(one_operator_a_name(R"({"n":{"$gt":0,"$lt":6},"$and":[{"g":{"$ne":1}}]})"),
              R"({"$and":[{"n":{"$gt":0}},{"n":{"$lt":6}},{"$and":[{"g":{"$ne":1}}]}]})");
}

TEST(OneOperatorAName, WhatIsUnderstoodStaysAsItIs) {
    for (const char* criteria : {"",
                                 R"({"n":{"$gte":0}})",
                                 R"({ "n": {"$gte": 0}, "m": {"$lt": 1} })",
                                 R"({"s":{"$regex":"^a","$options":"i"}})",
                                 R"({"n":{"$gte":0,"plain":6}})",
                                 R"({"cost":"$5","price":"$6"})",
                                 R"([{"$a":1,"$b":2}])",
                                 R"({"$a" "$b")"})
        EXPECT_EQ(one_operator_a_name(criteria), criteria);
}

}  // namespace
}  // namespace happn
