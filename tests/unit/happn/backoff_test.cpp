#include "adapters/happn/backoff.hpp"

#include <gtest/gtest.h>

namespace happn {
namespace {

using namespace std::chrono_literals;
using gateway::Duration;
using Kind = Ending::Kind;

TEST(Backoff, DoublesAfterEachLossUpToTheLongest) {
    Backoff backoff{500ms, 3s};
    for (const Duration expected : {Duration{500ms}, Duration{1s}, Duration{2s}, Duration{3s}, Duration{3s}})
        EXPECT_EQ(backoff.pause_after(Kind::lost, 0), expected);
    EXPECT_EQ(backoff.lost_in_a_row(), 5u);
}

TEST(Backoff, BeginsAgainOnceJoined) {
    Backoff backoff{500ms, 30s};
    backoff.pause_after(Kind::lost, 0);
    backoff.pause_after(Kind::lost, 0);
    backoff.pause_after(Kind::refused, 0);
    backoff.joined();
    EXPECT_EQ(backoff.pause_after(Kind::lost, 0), 500ms);
    EXPECT_EQ(backoff.pause_after(Kind::refused, 0), 5s);
}

TEST(Backoff, TriesEachNodeBeforeItWaitsLonger) {
    Backoff backoff{500ms, 30s, 3};
    for (int node = 0; node < 3; ++node)
        EXPECT_EQ(backoff.pause_after(Kind::lost, 0), 500ms);
    EXPECT_EQ(backoff.pause_after(Kind::lost, 0), 1s);
}

TEST(Backoff, StaysAwayLongerFromAMeshThatRefuses) {
    Backoff backoff{500ms, 30s};
    for (const Duration expected : {Duration{5s}, Duration{10s}, Duration{20s}, Duration{40s}, Duration{80s}})
        EXPECT_EQ(backoff.pause_after(Kind::refused, 0), expected);
    EXPECT_EQ(backoff.pause_after(Kind::refused, 0), Backoff::refused_max);
    EXPECT_EQ(backoff.pause_after(Kind::refused, 0), Backoff::refused_max);
}

TEST(Backoff, ComesBackLateWhereItWasSentAway) {
    Backoff backoff{500ms, 30s};
    EXPECT_EQ(backoff.pause_after(Kind::dismissed, 0), 30s);
    EXPECT_EQ(backoff.pause_after(Kind::dismissed, 0), 30s);
    EXPECT_EQ(backoff.pause_after(Kind::lost, 0), 500ms) << "being sent away is no loss";
}

TEST(Backoff, SpreadsPausesByUpToAQuarter) {
    Backoff backoff{1s, 1s};
    EXPECT_EQ(backoff.pause_after(Kind::lost, 0.5), 1125ms);
    EXPECT_EQ(backoff.pause_after(Kind::dismissed, 0.5), 33'750ms);
}

}  // namespace
}  // namespace happn
