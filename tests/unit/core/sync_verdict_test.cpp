#include "gateway/sync/verdict.hpp"

#include <gtest/gtest.h>

namespace gateway::sync {
namespace {

using Kind = Verdict::Kind;

constexpr Findings both{.at_a = true, .at_b = true};
constexpr Findings only_a{.at_a = true};

Findings with(Findings findings, const auto& change) {
    change(findings);
    return findings;
}

TEST(SyncVerdict, LeavesAloneWhatIsTheSame) {
    for (const Prefer prefer : {Prefer::newest, Prefer::a, Prefer::b})
        EXPECT_EQ(verdict_on(with(both, [](Findings& it) { it.same = true; }), {.prefer = prefer}).kind,
                  Kind::same);
}

TEST(SyncVerdict, TheNamedEndWinsOverWhateverIsNewer) {
    const Findings a_is_newer = with(both, [](Findings& it) { it.newer = End::a; });
    EXPECT_EQ(verdict_on(a_is_newer, {.prefer = Prefer::a}), (Verdict{Kind::carry, End::a}));
    EXPECT_EQ(verdict_on(a_is_newer, {.prefer = Prefer::b}), (Verdict{Kind::carry, End::b}));
}

TEST(SyncVerdict, TheNewestWinsWhereItIsKnown) {
    EXPECT_EQ(verdict_on(with(both, [](Findings& it) { it.newer = End::b; }), {}),
              (Verdict{Kind::carry, End::b}));
    EXPECT_EQ(verdict_on(both, {}).kind, Kind::undecided);
}

TEST(SyncVerdict, AValueThatOneEndMissesIsBroughtThere) {
    for (const Prefer prefer : {Prefer::newest, Prefer::a, Prefer::b})
        EXPECT_EQ(verdict_on(only_a, {.prefer = prefer}), (Verdict{Kind::carry, End::a}));
}

TEST(SyncVerdict, WhatThePreferredEndMissesIsRemovedIfTheRuleSaysSo) {
    EXPECT_EQ(verdict_on(only_a, {.prefer = Prefer::b, .removes_missing = true}),
              (Verdict{Kind::remove, End::b}));
    EXPECT_EQ(verdict_on(only_a, {.prefer = Prefer::a, .removes_missing = true}),
              (Verdict{Kind::carry, End::a}));
}

TEST(SyncVerdict, AnEndThatHoldsNothingAtAllRemovesNothing) {
    const Findings b_has_lost_all = with(only_a, [](Findings& it) { it.b_is_empty = true; });
    EXPECT_EQ(verdict_on(b_has_lost_all, {.prefer = Prefer::b, .removes_missing = true}),
              (Verdict{Kind::carry, End::a}));
}

TEST(SyncVerdict, ARemoveThatWasSeenIsCarriedUnlessTheOtherEndIsPreferred) {
    const Findings removed = with(only_a, [](Findings& it) { it.removed_at = End::b; });
    EXPECT_EQ(verdict_on(removed, {}), (Verdict{Kind::remove, End::b}));
    EXPECT_EQ(verdict_on(removed, {.prefer = Prefer::b}), (Verdict{Kind::remove, End::b}));
    EXPECT_EQ(verdict_on(removed, {.prefer = Prefer::a}), (Verdict{Kind::carry, End::a}));
}

}  // namespace
}  // namespace gateway::sync
