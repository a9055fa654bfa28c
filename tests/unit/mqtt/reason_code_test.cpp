#include "adapters/mqtt/reason_code.hpp"

#include <gtest/gtest.h>

namespace {

using gateway::Errc;
using gateway::mqtt::publication_failure;
using gateway::mqtt::reason_text;

TEST(ReasonCode, HasTheNameThatTheSpecificationGivesIt) {
    EXPECT_EQ(reason_text(0x87), "Not authorized (0x87)");
    EXPECT_EQ(reason_text(0x8e), "Session taken over (0x8e)");
    EXPECT_EQ(reason_text(0xa2), "Wildcard Subscriptions not supported (0xa2)");
}

TEST(ReasonCode, OfABrokersOwnIsANumber) {
    EXPECT_EQ(reason_text(0xb0), "reason 0xb0");
}

TEST(ReasonCode, EveryRefusalOfTheSpecificationHasAName) {
    for (int code = 0x80; code <= 0xa2; ++code)
        EXPECT_EQ(reason_text(code).find("reason"), std::string::npos) << code;
}

TEST(ReasonCode, TellsWhatMayPassFromWhatNeverWill) {
    EXPECT_EQ(publication_failure(0x87), Errc::access_denied);
    EXPECT_EQ(publication_failure(0x99), Errc::refused);
    EXPECT_EQ(publication_failure(0x97), Errc::overloaded);
    EXPECT_EQ(publication_failure(0x80), Errc::unavailable);
    EXPECT_EQ(publication_failure(0), Errc::unavailable);
}

}  // namespace
