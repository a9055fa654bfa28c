#include "adapters/rest/byte_pool.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace rest {
namespace {

TEST(BytePool, LetsItsSharesHoldWhatFits) {
    BytePool pool{10};
    BytePool::Share one{pool}, two{pool};
    EXPECT_TRUE(one.hold(6));
    EXPECT_TRUE(two.hold(4));
    EXPECT_FALSE(two.hold(5));
    EXPECT_EQ(pool.held(), 10U) << "as before";
    EXPECT_TRUE(one.hold(2));
    EXPECT_TRUE(two.hold(8));
}

TEST(BytePool, HasRoomAgainWhenAShareEnds) {
    BytePool pool{10};
    std::optional<BytePool::Share> one{std::in_place, pool};
    BytePool::Share two{pool};
    EXPECT_TRUE(one->hold(10));
    EXPECT_FALSE(two.hold(1));
    one.reset();
    EXPECT_TRUE(two.hold(10));
}

TEST(BytePool, DoesNotRefuseWhoIsAlone) {
    BytePool pool{10};
    BytePool::Share one{pool}, two{pool};
    EXPECT_TRUE(one.hold(11));
    EXPECT_FALSE(two.hold(1));
}

TEST(BytePool, MakesThoseWhoBeganFirstGiveUpForWhoInsists) {
    BytePool pool{10};
    std::string gave_up;
    BytePool::Share one{pool, [&] { gave_up += '1'; }};
    BytePool::Share two{pool, [&] { gave_up += '2'; }};
    BytePool::Share three{pool, [&] { gave_up += '3'; }};
    one.insist(4);
    two.insist(4);
    three.insist(5);
    EXPECT_EQ(gave_up, "1");
    EXPECT_EQ(pool.held(), 9U);
    one.insist(20);
    EXPECT_EQ(gave_up, "123");
    EXPECT_EQ(pool.held(), 20U) << "by all means";
}

}  // namespace
}  // namespace rest
