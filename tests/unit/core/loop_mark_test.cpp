#include "gateway/loop_mark.hpp"

#include <gtest/gtest.h>

namespace gateway {
namespace {

TEST(LoopMark, SaysWhoSentAMessageAndHowOftenItHasPassed) {
    const Origin origin = read_loop_mark(loop_mark("abc123", 3));
    EXPECT_EQ(origin.gateway_id, "abc123");
    EXPECT_EQ(origin.hops, 3);
}

TEST(LoopMark, TakesAForeignMarkForNone) {
    for (const std::string_view mark :
         {"", ";", "abc", ";3", "abc;", "abc;x", "abc;-1", "abc;3x", "abc;99999999999"}) {
        EXPECT_EQ(read_loop_mark(mark).gateway_id, "") << mark;
        EXPECT_EQ(read_loop_mark(mark).hops, 0) << mark;
    }
    EXPECT_EQ(read_loop_mark(std::string(1000, 'a') + ";1").gateway_id, "");
}

}  // namespace
}  // namespace gateway
