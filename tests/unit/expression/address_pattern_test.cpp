#include "gateway/expression/address_pattern.hpp"

#include <gtest/gtest.h>

#include "tests/unit/expression/expression_support.hpp"

namespace gateway {
namespace {

using testing::pattern;
constexpr auto mqtt = AddressKind::mqtt;
constexpr auto happn = AddressKind::happn;
constexpr auto http = AddressKind::http;
constexpr auto call = AddressKind::call;

/// The captures joined by '|'; "no" if there is no match.
std::string matched(std::string_view text, AddressKind kind, std::string_view address) {
    const auto captures = pattern(text, kind).match(address);
    if (!captures) return "no";
    std::string joined;
    for (const auto& capture : *captures)
        joined += (joined.empty() ? "" : "|") + capture;
    return joined;
}

struct MatchCase {
    AddressKind kind;
    std::string_view pattern, address, captures;
};

TEST(AddressPattern, MatchesWholeAddressesLevelByLevel) {
    using namespace std::string_view_literals;
    const MatchCase cases[] = {
        {mqtt, "a/b", "a/b", ""},
        {mqtt, "a/b", "a/b/c", "no"},
        {mqtt, "a/b", "a", "no"},
        {mqtt, "a/b", "A/b", "no"},
        {mqtt, "devices/{device}/telemetry", "devices/d1/telemetry", "d1"},
        {mqtt, "devices/{device}/telemetry", "devices//telemetry", "no"},
        {mqtt, "devices/{device}/telemetry", "devices/a/b/telemetry", "no"},
        {mqtt,
         "devices/{device}/telemetry",
         "devices/../telemetry",
         ".."},  // refused when substituted, by name
        {mqtt, "{a}/{b}", "x/y", "x|y"},
        {mqtt, "/{a}", "/x", "x"},
        {mqtt, "/{a}", "x", "no"},
        {mqtt, "a/+/c", "a/b/c", ""},
        {mqtt, "a/+/c", "a//c", ""},  // MQTT 5.0 section 4.7.1.3
        {mqtt, "a/#", "a/b/c", ""},
        {mqtt, "a/#", "a/", ""},
        {mqtt, "a/#", "a", "no"},
        {mqtt, "#", "a/b", ""},
        {mqtt, "a/{rest...}", "a/b/c", "b/c"},
        {mqtt, "a/{rest...}", "a/b", "b"},
        {mqtt, "a/{rest...}", "a", "no"},
        {mqtt, "a/{rest...}", "a/", "no"},
        {mqtt, "sensors/{id}.json", "sensors/7.json", "7"},
        {mqtt, "sensors/{id}.json", "sensors/.json", "no"},
        {mqtt, "sensors/{id}.json", "sensors/7.xml", "no"},
        {mqtt, "x-{id}-y", "x-1-y", "1"},
        {mqtt, "x-{id}-y", "x-y", "no"},
        {mqtt, "aa{id}aa", "aaa", "no"},
        {mqtt, "a/{{x}}", "a/{x}", ""},
        {mqtt, "a*b", "a*b", ""},
        {happn, "/devices/{device}/set", "/devices/d1/set", "d1"},
        {happn, "/devices/{device}/set", "devices/d1/set", "no"},
        {happn, "/w/*", "/w/a", ""},
        {happn, "/w/*", "/w/", ""},
        {happn, "/w/*", "/w/a/b", "no"},
        {happn, "/w/**", "/w/a/b", ""},
        {happn, "/w/**", "/w", "no"},
        {happn, "/w/x-*", "/w/x-1", ""},
        {happn, "/w/x-*", "/w/y-1", "no"},
        {happn, "*", "/any/thing", ""},
        {happn, "/a/{rest...}", "/a/b/c/d/e/f/g/h", "b/c/d/e/f/g/h"},
        {http, "/api/{a}/x", "/api/1/x", "1"},
        {http, "/api/{a}", "/api/", "no"},
        {http, "/api/{a}", "/api/1/", "no"},
        {http, "/", "/", ""},
        {http, "/a b", "/a%20b", ""},
        {http, "/files/{rest...}", "/files/a%20b/c", "a b/c"},
        {call, "thermostat/*", "thermostat/set", ""},
        {call, "thermostat/*", "security/set", "no"},
        {call, "*", "thermostat/set", ""},
        {call, "{component}/{method}", "a/b", "a|b"},
    };
    for (const auto& one : cases) {
        EXPECT_EQ(matched(one.pattern, one.kind, one.address), one.captures)
            << one.pattern << " on " << one.address;
    }
}

TEST(AddressPattern, TypedCapturesTakeOnlyTheirKind) {
    const MatchCase cases[] = {
        {mqtt, "a/{n:int}", "a/42", "42"},
        {mqtt, "a/{n:int}", "a/-7", "-7"},
        {mqtt, "a/{n:int}", "a/007", "no"},
        {mqtt, "a/{n:int}", "a/1.5", "no"},
        {mqtt, "a/{n:int}", "a/x", "no"},
        {mqtt, "a/{n:int}", "a/-", "no"},
        {mqtt, "a/{n:number}", "a/-1.5e3", "-1.5e3"},
        {mqtt, "a/{n:number}", "a/1.", "no"},
        {mqtt, "a/{n:number}", "a/0x10", "no"},
        {mqtt, "a/{n:number}", "a/NaN", "no"},
        {mqtt,
         "a/{n:uuid}",
         "a/123e4567-E89B-12d3-a456-426614174000",
         "123e4567-E89B-12d3-a456-426614174000"},
        {mqtt, "a/{n:uuid}", "a/123e4567e89b12d3a456426614174000", "no"},
        {mqtt, "a/{n:uuid}", "a/123e4567-e89b-12d3-a456-42661417400g", "no"},
        {mqtt, "a/{n:slug}", "a/A-b_c.9", "A-b_c.9"},
        {mqtt, "a/{n:slug}", "a/a b", "no"},
        {mqtt, "a/{n:slug}", "a/..", "no"},
        {mqtt, "a/{n:slug}", "a/.", "no"},
        {mqtt, "a/v{n:int}.json", "a/v3.json", "3"},
        {mqtt, "a/v{n:int}.json", "a/vx.json", "no"},
    };
    for (const auto& one : cases) {
        EXPECT_EQ(matched(one.pattern, one.kind, one.address), one.captures)
            << one.pattern << " on " << one.address;
    }
}

TEST(AddressPattern, WildcardsDoNotTakeDollarTopics) {  // MQTT 5.0 section 4.7.2
    for (const auto* text : {"#", "+/x", "{a}/x", "{rest...}", "x{a}/x"}) {
        EXPECT_EQ(matched(text, mqtt, "$SYS/x"), "no") << text;
    }
    EXPECT_EQ(matched("$SYS/{a}", mqtt, "$SYS/x"), "x");
    EXPECT_EQ(matched("a/{b}", mqtt, "a/$b"), "$b");
}

TEST(AddressPattern, HttpSegmentsAreDecodedOnceAndNeverBringSeparators) {
    struct Case {
        std::string_view address, captures;
    };
    const Case cases[] = {{"/f/a%20b", "a b"},
                          {"/f/caf%C3%A9", "caf\xC3\xA9"},
                          {"/f/%252f", "%2f"},
                          {"/f/%2f", "no"},
                          {"/f/a%2Fb", "no"},
                          {"/f/%00", "no"},
                          {"/f/a%00b", "no"},
                          {"/f/%2e%2E", "no"},
                          {"/f/..", "no"},
                          {"/f/%2e", "no"},
                          {"/f/.", "no"},
                          {"/f/...", "..."},
                          {"/f/%", "no"},
                          {"/f/%4", "no"},
                          {"/f/%zz", "no"},
                          {"/f/%ff", "no"},
                          {"/f/%c0%af", "no"},
                          {"/%66/x", "x"}};
    for (const auto& one : cases)
        EXPECT_EQ(matched("/f/{a}", http, one.address), one.captures) << one.address;
    EXPECT_EQ(matched("/f/{rest...}", http, "/f/a/../b"), "no");
    EXPECT_EQ(matched("/f/{rest...}", http, "/f/a/%2e%2e/b"), "no");
    EXPECT_EQ(matched("/f/{rest...}", http, "/f/a%2fb"), "no");
}

TEST(AddressPattern, NamesAreInOrderWithTheirTypes) {
    const auto made = pattern("{a}/x-{b:int}/{c...}", mqtt);
    const std::vector<CaptureName> names{
        {"a", CaptureType::text}, {"b", CaptureType::integer}, {"c", CaptureType::rest}};
    EXPECT_EQ(made.names(), names);
    EXPECT_FALSE(made.literal());
    EXPECT_TRUE(pattern("a/b", mqtt).literal());
    EXPECT_FALSE(pattern("a/+", mqtt).literal());
}

TEST(AddressPattern, SubscribesWideEnoughForEveryServer) {
    struct Case {
        AddressKind kind;
        std::string_view text, filter;
    };
    const Case cases[] = {
        {mqtt, "devices/{device:slug}/telemetry", "devices/+/telemetry"},
        {mqtt, "devices/x-{n}.json", "devices/+"},
        {mqtt, "devices/{rest...}", "devices/#"},
        {mqtt, "a/+/#", "a/+/#"},
        {mqtt, "/a/{b}", "/a/+"},
        {mqtt, "{{x}}/a", "{x}/a"},
        {happn, "/devices/{device}/telemetry", "/devices/*/telemetry"},
        {happn, "/devices/{rest...}", "/devices/**"},
        {happn, "/devices/x-{n}/t", "/devices/*/t"},
        {happn, "/devices/x-*", "/devices/*"},
        {happn, "/a/b", "/a/b"},
        {happn, "/a/f(x)/b", "/a/*/b"},
        {happn, "*", "*"},
        {mqtt, "**", "**"},
        {happn, "/**", "/**"},
    };
    for (const auto& one : cases)
        EXPECT_EQ(pattern(one.text, one.kind).subscription(), one.filter) << one.text;
}

TEST(AddressPattern, TellsWhatIsWrongAndWhere) {
    struct Case {
        AddressKind kind;
        std::string_view text;
        std::size_t offset;
        std::string_view message;
    };
    const std::string nul{"a/\0b", 4};
    const Case cases[] = {
        {mqtt, "", 0, "an address is never empty"},
        {mqtt, "a/{b", 2, "'{' is never closed"},
        {mqtt, "a/b}", 3, "'}' closes nothing"},
        {mqtt, "a/{}", 3, "'' is no name for a capture"},
        {mqtt, "a/{b c}", 3, "'b c' is no name for a capture"},
        {mqtt, "a/{9}", 3, "'9' is no name for a capture"},
        {mqtt, "{a}/{a}", 5, "'a' is bound twice"},
        {mqtt, "a/{payload}", 3, "'payload' is reserved"},
        {mqtt, "a/{b:itn}", 5, "unknown type 'itn'"},
        {mqtt, "a/{b}{c}", 6, "a level holds one capture or wildcard"},
        {mqtt, "a/{b...}/c", 2, "what takes the rest is the last level"},
        {mqtt, "a/x{b...}", 2, "what takes the rest is a whole level"},
        {mqtt, "a/#/b", 2, "what takes the rest is the last level"},
        {mqtt, "a/x+", 2, "'+' is a whole level"},
        {mqtt, "a/../b", 2, "'..' is no level of an address"},
        {mqtt, "a/{*b}", 3, "'{*name}' belongs in the address of a get or stream"},
        {mqtt, "a/\x01", 2, "an address of this kind cannot hold a control character"},
        {mqtt, nul, 0, "an address is UTF-8 without NUL"},
        {mqtt, "$share/g/a", 0, "a shared subscription is not spelled in the topic"},
        {happn, "a/b", 0, "a path starts with '/'"},
        {happn, "/a/#", 3, "an address of this kind cannot hold '#'"},
        {happn, "/a/caf\xC3\xA9", 6, "an address of this kind cannot hold a character outside ASCII"},
        {happn, "/a/**/b", 3, "what takes the rest is the last level"},
        {http, "a", 0, "a path starts with '/'"},
        {http, "/a/*", 3, "HTTP paths have no wildcards"},
        {http, "/a?b=1", 2, "a path ends before '?'"},
        {http, "/a%20b", 2, "segments are decoded before they are compared"},
        {http, "/a/./b", 3, "'.' is no level of an address"},
    };
    for (const auto& one : cases) {
        const auto parsed = AddressPattern::parse(one.text, one.kind);
        ASSERT_FALSE(parsed.has_value()) << one.text;
        EXPECT_EQ(parsed.error().message, one.message) << one.text;
        EXPECT_EQ(parsed.error().offset, one.offset) << one.text;
    }
    EXPECT_FALSE(AddressPattern::parse(std::string(65536, 'a'), mqtt).has_value());
    EXPECT_EQ(AddressPattern::parse("a/{b:itn}", mqtt).error().hint, "did you mean 'int'?");
}

TEST(AddressPattern, OverlapsAreFoundByLevel) {
    struct Case {
        std::string_view a, b;
        bool overlap;
    };
    const Case cases[] = {
        {"a/b", "a/b", true},
        {"a/b", "a/c", false},
        {"a/{x}", "a/b", true},
        {"a/{x}", "a/b/c", false},
        {"a/#", "a/b/c", true},
        {"a/#", "a", false},
        {"a/{n:int}", "a/12", true},
        {"a/{n:int}", "a/x", false},
        {"a/{n:int}", "a/{m:number}", true},
        {"a/{n:int}", "a/{m:uuid}", false},
        {"a/x-{n}", "a/y-{n}", false},
        {"a/x-{n}", "a/x-1", true},
        {"a/x{n}", "a/xy{n}", true},
        {"a/{n}.json", "a/{n}.xml", false},
        {"{x}/b", "a/{y}", true},
        {"#", "$SYS/x", false},
        {"$SYS/#", "$SYS/x", true},
        {"a/{rest...}", "a/+/c", true},
    };
    for (const auto& one : cases) {
        EXPECT_EQ(pattern(one.a, mqtt).intersects(pattern(one.b, mqtt)), one.overlap)
            << one.a << " and " << one.b;
        EXPECT_EQ(pattern(one.b, mqtt).intersects(pattern(one.a, mqtt)), one.overlap)
            << one.b << " and " << one.a;
    }
    EXPECT_FALSE(pattern("a/b", mqtt).intersects(pattern("/a/b", happn)));
}

TEST(AddressPattern, LiteralIsBeforeTypedBeforePartialBeforeCaptureBeforeRest) {
    const std::string_view order[] = {"/a/b/c",
                                      "/a/b/{n:int}",
                                      "/a/b/{n:slug}",
                                      "/a/b/xy{n}",
                                      "/a/b/x{n}",
                                      "/a/b/{n}",
                                      "/a/b/{n...}",
                                      "/a/{m}/c",
                                      "/a/{m...}",
                                      "/{m}/b/c"};
    for (std::size_t left = 0; left < std::size(order); ++left) {
        for (std::size_t right = 0; right < std::size(order); ++right) {
            EXPECT_EQ(pattern(order[left], http).more_specific_than(pattern(order[right], http)),
                      left < right)
                << order[left] << " and " << order[right];
        }
    }
}

}  // namespace
}  // namespace gateway
