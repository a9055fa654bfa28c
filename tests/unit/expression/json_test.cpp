#include "gateway/json.hpp"
#include "gateway/json_names.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gateway::json {
namespace {

std::string nested(std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
}

TEST(JsonValidity, AcceptsOneWholeValue) {
    for (const auto* text : {"{}",
                             "[]",
                             "null",
                             "21.5",
                             "-0",
                             "\"x\"",
                             " {\"a\":[1,2,{\"b\":null}]} ",
                             "1e999",
                             "123456789012345678901234567890",
                             "\"\\u00e9\\ud83d\\ude00\""}) {
        EXPECT_TRUE(valid(text)) << text;
    }
}

TEST(JsonValidity, RefusesWhatIsNoJson) {
    for (const auto* text : {"",
                             " ",
                             "tru",
                             "{\"a\":tru}",
                             "01",
                             "+1",
                             "1.",
                             ".5",
                             "{\"a\":1,}",
                             "[1,]",
                             "[1}",
                             "{a:1}",
                             "'x'",
                             "\"\\q\"",
                             "\"\\u12\"",
                             "{} {}",
                             "{}x",
                             "nul",
                             "NaN",
                             "\"\x01\"",
                             "\"\xff\"",
                             "\"\\ud800\"",
                             "0e99999999999",
                             "// c\n1",
                             "\"open"}) {
        EXPECT_FALSE(valid(text)) << text;
    }
}

TEST(JsonValidity, HasADepthLimit) {
    EXPECT_TRUE(valid(nested(max_depth)));
    EXPECT_FALSE(valid(nested(max_depth + 1)));
    EXPECT_FALSE(valid(nested(100000)));
}

TEST(JsonText, Utf8IsWellFormedAndWithoutNul) {
    using namespace std::string_view_literals;
    for (const auto text :
         {""sv, "plain"sv, "\xC3\xA9"sv, "\xE2\x82\xAC"sv, "\xF0\x9F\x98\x80"sv, "\x01"sv}) {
        EXPECT_TRUE(valid_utf8(text)) << text;
    }
    for (const auto text : {"a\0b"sv,
                            "\x80"sv,
                            "\xC0\xAF"sv,
                            "\xE0\x80\xAF"sv,
                            "\xED\xA0\x80"sv,
                            "\xF4\x90\x80\x80"sv,
                            "\xF0\x9F\x98"sv,
                            "\xC3"sv,
                            "\xFF"sv}) {
        EXPECT_FALSE(valid_utf8(text));
    }
}

TEST(JsonText, QuotingEscapesAndRepairsWhatIsNoUtf8) {
    using namespace std::string_view_literals;
    EXPECT_EQ(quoted("a\"b\\c\n\t\x01/\x7F"), "\"a\\\"b\\\\c\\n\\t\\u0001/\x7F\"");
    EXPECT_EQ(quoted("\0"sv), "\"\\u0000\"");
    EXPECT_EQ(quoted("caf\xC3\xA9"), "\"caf\xC3\xA9\"");
    EXPECT_EQ(quoted("x\xFFy\xC3"), "\"x\xEF\xBF\xBDy\xEF\xBF\xBD\"");
    EXPECT_EQ(quoted("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST(JsonText, UnquotingUndoesEveryEscape) {
    EXPECT_EQ(unquoted(R"("a\"\\\/\b\f\n\r\tz")"), "a\"\\/\b\f\n\r\tz");
    EXPECT_EQ(unquoted(R"("\u00e9\u20ac\ud83d\ude00")"), "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
    EXPECT_EQ(unquoted(R"("\u0000")"), std::string(1, '\0'));
    EXPECT_EQ(unquoted(R"("\ud800x")"), "\xEF\xBF\xBDx");
    EXPECT_EQ(unquoted("21"), std::nullopt);
    EXPECT_EQ(unquoted("\""), std::nullopt);
    EXPECT_EQ(unquoted(R"("\q")"), std::nullopt);
    EXPECT_EQ(unquoted(R"("\u12g4")"), std::nullopt);
}

TEST(JsonSlice, MemberIsTheTextAsItStands) {
    const std::string_view object =
        R"( { "a" : 1.50 , "b":[1, {"a":2}] ,"c":"x}\"]" , "d" : { "e":null } } )";
    EXPECT_EQ(member(object, "a"), "1.50");
    EXPECT_EQ(member(object, "b"), "[1, {\"a\":2}]");
    EXPECT_EQ(member(object, "c"), R"("x}\"]")");
    EXPECT_EQ(member(object, "d"), "{ \"e\":null }");
    EXPECT_EQ(member(object, "e"), std::nullopt);
    EXPECT_EQ(member("{}", "a"), std::nullopt);
    EXPECT_EQ(member("[1]", "a"), std::nullopt);
    EXPECT_EQ(member("\"a\"", "a"), std::nullopt);
}

TEST(JsonSlice, OfEqualKeysTheLastCounts) {
    EXPECT_EQ(member(R"({"a":1,"b":2,"a":3})", "a"), "3");
    EXPECT_EQ(member(R"({"a":1,"\u0061":4})", "a"), "4");
}

TEST(JsonSlice, KeysAreComparedAsTheyAreMeant) {
    EXPECT_EQ(member(R"({"x\ny":1})", "x\ny"), "1");
    EXPECT_EQ(member(R"({"x\\y":1})", "x\\y"), "1");
    EXPECT_EQ(member(R"({"":1})", ""), "1");
    EXPECT_EQ(member(R"({"a":{"b":1},"b":2})", "b"), "2");
}

TEST(JsonSlice, ElementIsCountedFromZero) {
    EXPECT_EQ(element(" [ 10 , [1,2], \"a,b\" ] ", 0), "10");
    EXPECT_EQ(element("[10,[1,2],\"a,b\"]", 1), "[1,2]");
    EXPECT_EQ(element("[10,[1,2],\"a,b\"]", 2), "\"a,b\"");
    EXPECT_EQ(element("[10]", 1), std::nullopt);
    EXPECT_EQ(element("[]", 0), std::nullopt);
    EXPECT_EQ(element("{\"0\":1}", 0), std::nullopt);
}

TEST(JsonSlice, StaysInsideTextThatIsNoJson) {
    for (const auto* text : {"{",
                             "{\"",
                             "{\"a",
                             "{\"a\"",
                             "{\"a\":",
                             "{\"a\":\"",
                             "{\"a\":[",
                             "{\"a\":\"\\",
                             "[",
                             "[\"\\",
                             "[[[",
                             "{\"a\" 1}",
                             "[,",
                             "{\"a\":,}"}) {
        EXPECT_NO_FATAL_FAILURE((void)member(text, "a")) << text;
        EXPECT_NO_FATAL_FAILURE((void)element(text, 3)) << text;
        EXPECT_FALSE(for_each_member(text, [](std::string_view, std::string_view) {})) << text;
    }
}

TEST(JsonSlice, EveryNameAtEveryDepthIsVisited) {
    const auto names = [](std::string_view text, std::size_t most = 100) {
        std::string seen;
        std::size_t count = 0;
        each_name(text, [&](std::string_view name) {
            seen += name;
            return ++count < most;
        });
        return seen;
    };
    EXPECT_EQ(names(R"({"a":{"b" : ["c:",{"d":"e\":"}]},"\u0066":null})"), R"("a""b""d""\u0066")");
    EXPECT_EQ(names(R"({"a":{"b":1},"c":2})", 2), R"("a""b")");
    EXPECT_EQ(names(R"("a")"), "");
    EXPECT_EQ(names(R"(["a","b"])"), "");
    EXPECT_EQ(names("{\"a"), "") << "no JSON, but nothing outside is read";
}

TEST(JsonSlice, EveryMemberIsVisitedInOrder) {
    std::string seen;
    EXPECT_TRUE(for_each_member(R"({"b":1,"a":[2]})", [&](std::string_view name, std::string_view value) {
        seen.append(name).append("=").append(value).append(";");
    }));
    EXPECT_EQ(seen, R"("b"=1;"a"=[2];)");
    EXPECT_FALSE(for_each_member("[1]", [](std::string_view, std::string_view) {}));
}

}  // namespace
}  // namespace gateway::json
