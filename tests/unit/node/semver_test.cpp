#include "adapters/happn/node/semver.hpp"

#include <gtest/gtest.h>

namespace happn::node {
namespace {

struct Case {
    const char* version;
    const char* range;
    bool satisfied;
};

class VersionRange : public testing::TestWithParam<Case> {};

TEST_P(VersionRange, IsJudgedAsNpmDoes) {
    const auto& [version, range, satisfied] = GetParam();
    EXPECT_EQ(satisfies(version, range), satisfied) << version << " in " << range;
}

INSTANTIATE_TEST_SUITE_P(Table,
                         VersionRange,
                         testing::Values(Case{"1.0.0", "^1.0.0", true},
                                         Case{"1.9.3", "^1.0.0", true},
                                         Case{"2.0.0", "^1.0.0", false},
                                         Case{"1.0.0", "^2.0.0", false},
                                         Case{"0.2.5", "^0.2.3", true},
                                         Case{"0.3.0", "^0.2.3", false},
                                         Case{"0.0.4", "^0.0.3", false},
                                         Case{"1.2.9", "~1.2.3", true},
                                         Case{"1.3.0", "~1.2.3", false},
                                         Case{"1.9.0", "~1", true},
                                         Case{"1.5.0", "1.x", true},
                                         Case{"1.5.0", "1", true},
                                         Case{"2.0.0", "1", false},
                                         Case{"1.5.0", "1.5.0", true},
                                         Case{"1.5.1", "1.5.0", false},
                                         Case{"1.5.0", ">=1.0.0 <2.0.0", true},
                                         Case{"2.0.0", ">=1.0.0 <2.0.0", false},
                                         Case{"3.1.0", "^1.0.0 || ^3.0.0", true},
                                         Case{"1.0.0", ">1", false},
                                         Case{"1.0.0", "<=1", true},
                                         Case{"7", "*", true},
                                         Case{"", "", true},
                                         Case{"weird", "weird", true},
                                         Case{"weird", "^1.0.0", false},
                                         Case{"1.0.0", "nonsense", false},
                                         Case{"1.0.0-beta", "^1.0.0", true}));

}  // namespace
}  // namespace happn::node
