// How many items a message may ask for.
#include "gateway/expression/count.hpp"

#include <gtest/gtest.h>

#include "tests/unit/expression/expression_support.hpp"

namespace gateway {
namespace {

using testing::Execution;
using testing::open_scope;

std::string counted(std::string_view text, const std::string& size, int least = 0) {
    const Count count{"limit", Template::parse(text, open_scope()).value(), least};
    Execution execution;
    execution.with_payload(R"({"size":)" + size + "}");
    const auto value = count.evaluate(execution.evaluation());
    if (!value) return std::string{refusal_name(value.error().reason)} + ": " + value.error().detail;
    return value->absent() ? "absent" : value->json().str();
}

TEST(Count, IsTheWholeNumberThatItsTemplateGives) {
    EXPECT_EQ(counted("{payload.size}", "20"), "20");
    EXPECT_EQ(counted("{payload.size}", "0"), "0");
    EXPECT_EQ(counted("{payload.size}", "1000000"), "1000000");
    EXPECT_EQ(counted("{payload.size|mul(2)}", "20"), "40");
}

TEST(Count, IsReadFromATextAsWell) {
    EXPECT_EQ(counted("{payload.size}", R"("20")"), "20");
}

TEST(Count, IsAbsentWhereItsTemplateIs) {
    EXPECT_EQ(counted("{payload.other}", "20"), "absent");
    EXPECT_EQ(counted("{payload.other|default(5)}", "20"), "5");
}

TEST(Count, IsNothingElse) {
    for (const char* size : {"-1",
                             "2.5",
                             "2.0",
                             "1e2",
                             "1000001",
                             "99999999999999999999",
                             "true",
                             "null",
                             "[1]",
                             "{}",
                             R"("")",
                             R"(" 1")",
                             R"("1 ")",
                             R"("+1")",
                             R"("many")"})
        EXPECT_EQ(counted("{payload.size}", size),
                  "parameters: {payload.size} in 'limit' is no whole number from 0 to 1000000")
            << size;
}

TEST(Count, MayBeTooSmallForAMessageToAskForButNotForTheMappingToSay) {
    EXPECT_EQ(counted("{payload.size}", "0", 1),
              "parameters: {payload.size} in 'limit' is no whole number from 1 to 1000000");
    EXPECT_EQ(counted("0", "7", 1), "0");
}

TEST(Count, OfWhatAPipeRefusesIsRefusedLikewise) {
    EXPECT_EQ(counted("{payload.size|int}", R"("many")"),
              "absent: {payload.size|int}: a text is not a number");
}

}  // namespace
}  // namespace gateway
