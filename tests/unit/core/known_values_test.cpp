#include "gateway/sync/known_values.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gateway::sync {
namespace {

TEST(KnownValues, ForgetsWhatHasBeenUntouchedLongest) {
    KnownValues known{2};
    known.touch("1").a = 11;
    known.touch("2").a = 12;
    known.touch("1");
    known.touch("3").a = 13;
    EXPECT_EQ(known.size(), 2U);
    EXPECT_NE(known.find("1"), nullptr);
    EXPECT_EQ(known.find("2"), nullptr);
}

TEST(KnownValues, KeepsWhatIsUnderWay) {
    KnownValues known{1};
    known.touch("1").under_way = 1;
    known.touch("2").a = 12;
    EXPECT_NE(known.find("1"), nullptr);
    known.touch("3").a = 13;
    EXPECT_NE(known.find("1"), nullptr);
    EXPECT_EQ(known.find("2"), nullptr);
}

TEST(KnownValues, AfterALossOnlyWhatIsUnderWayIsLeft) {
    KnownValues known{10};
    known.touch("1").a = 11;
    Known& under_way = known.touch("2");
    under_way.a = 12;
    under_way.under_way = 1;
    known.forget_values();
    EXPECT_EQ(known.find("1"), nullptr);
    EXPECT_EQ(*known.find("2"), (Known{.under_way = 1}));
    known.touch("2").under_way = 0;
    known.settle("2");
    EXPECT_EQ(known.size(), 0U);
}

}  // namespace
}  // namespace gateway::sync
