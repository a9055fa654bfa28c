#include "adapters/rest/query_text.hpp"

#include <gtest/gtest.h>

namespace rest {
namespace {

using Fields = std::vector<gateway::NameValue>;

TEST(QueryAsNodeReadsIt, IsDecodedWhereItCanBe) {
    EXPECT_EQ(read_query_as_node("a=x+y&b=%C3%A9&b=2&c"),
              (Fields{{"a", "x y"}, {"b", "\xc3\xa9"}, {"b", "2"}, {"c", ""}}));
    EXPECT_TRUE(read_query_as_node("").empty());
    EXPECT_TRUE(read_query_as_node("&&").empty());
}

TEST(QueryAsNodeReadsIt, KeepsWhatIsNoEncoding) {
    EXPECT_EQ(read_query_as_node("a=%zz&b=%4&c=%&d=%%41&e=%-1"),
              (Fields{{"a", "%zz"}, {"b", "%4"}, {"c", "%"}, {"d", "%A"}, {"e", "%-1"}}));
}

TEST(QueryAsNodeReadsIt, PutsAReplacementWhereThereIsNoUtf8) {
    EXPECT_EQ(read_query_as_node("a=x%ffy"), (Fields{{"a", "x\xef\xbf\xbdy"}}));
}

TEST(QueryAsNodeReadsIt, EndsAfterAThousandFields) {
    std::string query;
    for (int i = 0; i < 998; ++i)
        query += "a&";
    EXPECT_EQ(read_query_as_node(query + "&b&c").back().first, "b") << "an empty one counts";
}

}  // namespace
}  // namespace rest
