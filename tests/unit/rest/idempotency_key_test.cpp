#include "adapters/rest/idempotency_key.hpp"

#include <gtest/gtest.h>

namespace rest {
namespace {

TEST(IdempotencyKey, IsAStringOfStructuredFields) {
    EXPECT_EQ(read_idempotency_key(R"("8e03978e-40d5")"), "8e03978e-40d5");
    EXPECT_EQ(read_idempotency_key(R"("a \"b\" \\ c")"), R"(a "b" \ c)");
    EXPECT_EQ(read_idempotency_key(R"("abc";v=1)"), "abc");
}

TEST(IdempotencyKey, MayBeBare) {
    EXPECT_EQ(read_idempotency_key("8e03978e-40d5"), "8e03978e-40d5");
    EXPECT_EQ(read_idempotency_key("a/b+c=:!"), "a/b+c=:!");
}

TEST(IdempotencyKey, IsNothingElse) {
    for (const char* value : {"",
                              "\"\"",
                              "\"",
                              "\"abc",
                              "\"abc\"d",
                              "\"abc\", \"def\"",
                              "\"a\\x\"",
                              "\"a\\",
                              "\"a\tb\"",
                              "\"\xc3\xa4\"",
                              "\xc3\xa4",
                              "abc, def",
                              "abc;v=1",
                              "a b",
                              "a\"b",
                              "a\x01"})
        EXPECT_EQ(read_idempotency_key(value), std::nullopt) << value;
}

TEST(IdempotencyKey, IsOf255CharactersAtMost) {
    const std::string longest(255, 'a');
    EXPECT_EQ(read_idempotency_key(longest), longest);
    EXPECT_EQ(read_idempotency_key('"' + longest + '"'), longest);
    EXPECT_EQ(read_idempotency_key(longest + 'a'), std::nullopt);
    EXPECT_EQ(read_idempotency_key('"' + longest + "a\""), std::nullopt);
}

}  // namespace
}  // namespace rest
