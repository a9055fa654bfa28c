#include "gateway/expression/value.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "gateway/expression/suggestion.hpp"

namespace gateway {
namespace {

TEST(Value, NumbersAreWrittenShortAndIntegersWithoutAPoint) {
    EXPECT_EQ(Value::number(21.5).json().view(), "21.5");
    EXPECT_EQ(Value::number(-3).json().view(), "-3");
    EXPECT_EQ(Value::number(0.1).json().view(), "0.1");
    EXPECT_EQ(Value::number(1e300).json().view(), "1e+300");
    EXPECT_EQ(Value::integer(-9223372036854775807LL).json().view(), "-9223372036854775807");
}

TEST(Value, NoNumberIsNull) {
    EXPECT_EQ(Value::number(std::numeric_limits<double>::quiet_NaN()).json().view(), "null");
    EXPECT_EQ(Value::number(std::numeric_limits<double>::infinity()).json().view(), "null");
}

TEST(Value, TextOfAStringIsWithoutQuotesAndOfTheRestItsJson) {
    EXPECT_EQ(Value::text("a\"b\n").to_text(), "a\"b\n");
    EXPECT_TRUE(Value::text("").is_string());
    EXPECT_EQ(Value::json(Bytes::literal("1.50")).to_text(), "1.50");
    EXPECT_EQ(Value::boolean(true).to_text(), "true");
    EXPECT_TRUE(Value{}.absent());
    EXPECT_FALSE(Value{}.is_string());
    EXPECT_EQ(Value{}.to_text(), "");
}

TEST(Suggestion, CountsInsertionsDeletionsReplacementsAndSwaps) {
    EXPECT_EQ(edit_distance("", "abc"), 3U);
    EXPECT_EQ(edit_distance("device", "device"), 0U);
    EXPECT_EQ(edit_distance("devcie", "device"), 1U);
    EXPECT_EQ(edit_distance("devices", "device"), 1U);
    EXPECT_EQ(edit_distance("Device", "device"), 0U);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(Suggestion, NamesTheNearestOrNothing) {
    EXPECT_EQ(did_you_mean("paylod", {"payload", "out", "answer"}), "did you mean 'payload'?");
    EXPECT_EQ(did_you_mean("anwsers", {"answer", "answers"}), "did you mean 'answers'?");
    EXPECT_EQ(did_you_mean("xyz", {"payload", "out", "answer"}), "");
    EXPECT_EQ(did_you_mean("x", {"y"}), "");
    EXPECT_EQ(did_you_mean(std::string(1000, 'a'), {"a"}), "");
}

}  // namespace
}  // namespace gateway
