#include "adapters/rest/accept.hpp"

#include <gtest/gtest.h>

namespace rest {
namespace {

TEST(Accept, WithoutAValueTakesEverything) {
    EXPECT_EQ(Accept{""}.weight("image/png"), 1000);
    EXPECT_EQ(Accept{" "}.weight("image/png"), 1000);
}

TEST(Accept, TakesWhatItsRangesCover) {
    const Accept accept{"text/*, application/json"};
    EXPECT_EQ(accept.weight("text/plain"), 1000);
    EXPECT_EQ(accept.weight("application/json"), 1000);
    EXPECT_EQ(accept.weight("image/png"), 0);
    EXPECT_EQ(accept.weight("textile/plain"), 0);
    EXPECT_GT(Accept{"*/*"}.weight("image/png"), 0);
}

TEST(Accept, GoesByTheMostPreciseRange) {
    const Accept accept{"*/*;q=0.1, text/*;q=0.5, text/html;level=1;q=0"};
    EXPECT_EQ(accept.weight("image/png"), 100);
    EXPECT_EQ(accept.weight("text/plain"), 500);
    EXPECT_EQ(accept.weight("text/html"), 0);
}

TEST(Accept, ReadsTypesInAnyCaseAndWithBlanks) {
    EXPECT_EQ(Accept{"TEXT/Event-Stream ; Q=0.25"}.weight("text/event-stream"), 250);
}

TEST(Accept, LeavesOutWhatIsNoRangeAndNoWeight) {
    EXPECT_EQ(Accept{"nonsense, text/plain"}.weight("text/plain"), 1000);
    EXPECT_EQ(Accept{"nonsense"}.weight("text/plain"), 0);
    for (const char* weight : {"", "2", "0.", "x", "0.1234", "-1", "0,5"})
        EXPECT_LE(Accept{std::string{"text/plain;q="} + weight}.weight("text/plain"), 0) << weight;
    EXPECT_EQ(Accept{"text/plain;q=1.000"}.weight("text/plain"), 1000);
    EXPECT_EQ(Accept{",,;,text/plain"}.weight("text/plain"), 1000);
}

}  // namespace
}  // namespace rest
