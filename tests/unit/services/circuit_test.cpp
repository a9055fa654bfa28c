#include "adapters/services/circuit.hpp"

#include <gtest/gtest.h>

namespace services {
namespace {

using namespace std::chrono_literals;
using Pass = Circuit::Pass;

class ACircuitOfThreeFailures : public testing::Test {
protected:
    void fail(int times) {
        for (int i = 0; i < times; ++i)
            opened = circuit.failed(Pass::usual, now);
    }

    gateway::TimePoint now{};
    Circuit circuit{3, 10s};
    bool opened = false;
};

TEST_F(ACircuitOfThreeFailures, OpensAtTheThirdInARow) {
    fail(2);
    EXPECT_FALSE(opened);
    EXPECT_TRUE(circuit.try_enter(now));
    fail(1);
    EXPECT_TRUE(opened);
    EXPECT_FALSE(circuit.try_enter(now));
}

TEST_F(ACircuitOfThreeFailures, ForgetsFailuresWhenOneSucceeds) {
    fail(2);
    circuit.succeeded();
    fail(2);
    EXPECT_TRUE(circuit.try_enter(now));
}

TEST_F(ACircuitOfThreeFailures, LetsOneTryAfterThePause) {
    fail(3);
    EXPECT_FALSE(circuit.try_enter(now + 9s));
    EXPECT_EQ(circuit.try_enter(now + 10s), Pass::trial);
    EXPECT_FALSE(circuit.try_enter(now + 10s));
    circuit.succeeded();
    EXPECT_TRUE(circuit.try_enter(now + 10s));
    EXPECT_TRUE(circuit.try_enter(now + 10s));
}

TEST_F(ACircuitOfThreeFailures, PausesAgainWhenThatOneFails) {
    fail(3);
    now += 10s;
    ASSERT_TRUE(circuit.try_enter(now));
    EXPECT_TRUE(circuit.failed(Pass::trial, now));
    EXPECT_FALSE(circuit.try_enter(now + 9s));
    EXPECT_TRUE(circuit.try_enter(now + 10s));
}

TEST_F(ACircuitOfThreeFailures, LetsTheNextTryWhenThatOneIsGivenUp) {
    fail(3);
    ASSERT_TRUE(circuit.try_enter(now + 10s));
    circuit.gave_up(Pass::trial);
    EXPECT_TRUE(circuit.try_enter(now + 10s));
}

TEST_F(ACircuitOfThreeFailures, IsNotPausedLongerByWhatWasSentBefore) {
    fail(3);
    now += 9s;
    EXPECT_FALSE(circuit.failed(Pass::usual, now));
    EXPECT_TRUE(circuit.try_enter(now + 1s));
}

TEST_F(ACircuitOfThreeFailures, LetsNoSecondOneTryWhenOneThatWasSentBeforeEnds) {
    fail(3);
    now += 10s;
    ASSERT_TRUE(circuit.try_enter(now));
    circuit.gave_up(Pass::usual);
    EXPECT_FALSE(circuit.try_enter(now));
    circuit.failed(Pass::usual, now);
    EXPECT_FALSE(circuit.try_enter(now + 10s));
}

}  // namespace
}  // namespace services
