// Whose tokens a mesh has accepted.
#include "adapters/happn/known_users.hpp"

#include <gtest/gtest.h>

namespace happn {
namespace {

TEST(KnownUsers, AreKnownByTheirTokenUntilTheMeshRefusesIt) {
    KnownUsers users;
    EXPECT_EQ(users.user_of("t"), "");
    users.remember("t", "alice");
    users.remember("t", "alice");
    EXPECT_EQ(users.user_of("t"), "alice");
    users.forget("t");
    users.forget("t");
    EXPECT_EQ(users.user_of("t"), "");
}

TEST(KnownUsers, AreBoundedAndTheOldestIsForgottenFirst) {
    KnownUsers users;
    for (std::size_t i = 0; i <= KnownUsers::max_tokens; ++i)
        users.remember(std::to_string(i), "somebody");
    EXPECT_EQ(users.user_of("0"), "");
    EXPECT_EQ(users.user_of("1"), "somebody");
    EXPECT_EQ(users.user_of(std::to_string(KnownUsers::max_tokens)), "somebody");
}

}  // namespace
}  // namespace happn
