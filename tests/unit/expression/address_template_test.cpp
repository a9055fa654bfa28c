#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/unit/expression/expression_support.hpp"

namespace gateway {
namespace {

using testing::Execution;
using testing::open_scope;
using ::testing::StartsWith;
using Kind = AddressTemplate::Kind;

Scope device_scope() {
    auto scope = open_scope();
    scope.captures = {
        {"device", CaptureType::text}, {"rest", CaptureType::rest}, {"n", CaptureType::integer}};
    return scope;
}

/// The address; "capture: ..." and the like for what is refused, "problem: ..." for what does not compile.
std::string expanded(std::string_view text, Kind kind, const Execution& execution, bool wildcards = false) {
    const auto parsed = AddressTemplate::parse(text, kind, device_scope(), wildcards);
    if (!parsed) return "problem: " + parsed.error().message;
    auto address = parsed->expand(execution.evaluation());
    if (!address) return std::string{refusal_name(address.error().reason)} + ": " + address.error().detail;
    return *std::move(address);
}

Execution with_device(std::string device) {
    Execution execution;
    execution.captures = {std::move(device), "a/b", "7"};
    return execution;
}

TEST(AddressTemplate, PutsValuesIn) {
    auto execution = with_device("d1");
    execution.with_payload(R"({"zone":"hall","n":5,"b":true,"f":1.50})");
    struct Case {
        Kind kind;
        std::string_view text, address;
    };
    const Case cases[] = {
        {Kind::mqtt, "devices/{device}/cmd", "devices/d1/cmd"},
        {Kind::mqtt, "{device}/x-{n}.json", "d1/x-7.json"},
        {Kind::mqtt, "z/{payload.zone}/{payload.n}/{payload.b}/{payload.f}", "z/hall/5/true/1.50"},
        {Kind::mqtt, "z/{payload.none|default('all')}", "z/all"},
        {Kind::mqtt, "all/{rest...}/x", "all/a/b/x"},
        {Kind::mqtt, "reply/{call.id}", "reply/c-17"},
        {Kind::mqtt, "/lead/{device}", "/lead/d1"},
        {Kind::mqtt, "{{x}}/{device}", "{x}/d1"},
        {Kind::mqtt, "a*b", "a*b"},
        {Kind::happn, "/devices/{device}/set", "/devices/d1/set"},
        {Kind::happn, "/{device}", "/d1"},
        {Kind::happn, "/all/{rest...}", "/all/a/b"},
        {Kind::happn, "/all/{rest|replace('/','_')}", "/all/a_b"},
        {Kind::call, "{device}/set", "d1/set"},
        {Kind::call, "{rest...}", "a/b"},
    };
    for (const auto& one : cases)
        EXPECT_EQ(expanded(one.text, one.kind, execution), one.address) << one.text;
}

TEST(AddressTemplate, RefusesHostileValuesForEveryTarget) {
    using namespace std::string_literals;
    struct Case {
        std::string value, detail;
    };
    const Case cases[] = {{"", "{device} is empty"},
                          {"..", "{device} is '..'"},
                          {"a/b", "{device} holds '/'"},
                          {"/", "{device} holds '/'"},
                          {"../x", "{device} holds '/'"},
                          {"+", "{device} holds '+'"},
                          {"a+", "{device} holds '+'"},
                          {"#", "{device} holds '#'"},
                          {"*", "{device} holds '*'"},
                          {"a\0b"s, "{device} holds a NUL"},
                          {"a\nb", "{device} holds a control character"},
                          {"a\x7F", "{device} holds a control character"},
                          {"%2f", "{device} holds '%2f'"},
                          {"a%2Fb", "{device} holds '%2F'"},
                          {"%2e%2e", "{device} holds '%2e'"},
                          {"%00", "{device} holds '%00'"}};
    const std::pair<Kind, std::string_view> targets[] = {{Kind::mqtt, "devices/{device}/x"},
                                                         {Kind::mqtt, "{device}/x"},
                                                         {Kind::happn, "/devices/{device}"},
                                                         {Kind::call, "{device}/x"}};
    for (const auto& one : cases) {
        for (const auto& [kind, text] : targets) {
            EXPECT_EQ(expanded(text, kind, with_device(one.value)), "capture: " + one.detail) << text;
        }
    }
}

TEST(AddressTemplate, RefusesWhatTheTargetDoesNotAllow) {
    EXPECT_EQ(expanded("a/{device}", Kind::mqtt, with_device("\xFF")), "capture: {device} is not UTF-8");
    EXPECT_EQ(expanded("a/{device}", Kind::mqtt, with_device("\xC2\x85")),
              "capture: {device} holds a control character");
    EXPECT_EQ(expanded("a/{device}", Kind::mqtt, with_device("caf\xC3\xA9")), "a/caf\xC3\xA9");
    EXPECT_EQ(expanded("/a/{device}", Kind::happn, with_device("caf\xC3\xA9")),
              "capture: {device} holds a character outside ASCII");
    EXPECT_EQ(expanded("/a/{device}", Kind::happn, with_device("a~b")), "capture: {device} holds '~'");
    EXPECT_EQ(expanded("/a/{device}", Kind::happn, with_device("a b")), "/a/a b");
    EXPECT_EQ(expanded("{device}/x", Kind::call, with_device("a b")), "capture: {device} holds ' '");
}

TEST(AddressTemplate, CleansWithSlugAndUrl) {
    for (const auto* value : {"..", "a/b", "+#*", "\xFF\n", "%2f", "caf\xC3\xA9", "~", ".", ""}) {
        for (const auto kind : {Kind::mqtt, Kind::happn}) {
            const auto address = expanded("/a/{device|slug}", kind, with_device(value));
            EXPECT_TRUE(address.starts_with("/a/")) << value << " gave " << address;
        }
    }
    EXPECT_EQ(expanded("/a/{device|url}", Kind::happn, with_device("a/b..~")), "/a/a%2Fb..%7E");
    EXPECT_EQ(expanded("a/{device|url}", Kind::mqtt, with_device("..")), "a/%2E%2E");
    EXPECT_EQ(expanded("a/{device|url}", Kind::mqtt, with_device("")), "capture: {device|url} is empty");
}

TEST(AddressTemplate, RestBringsSeparatorsAndNothingElse) {
    struct Case {
        std::string_view rest, result;
    };
    const Case cases[] = {{"a", "x/a"},
                          {"a/b/c", "x/a/b/c"},
                          {"a//b", "capture: {rest...} has an empty level"},
                          {"/a", "capture: {rest...} has an empty level"},
                          {"a/", "capture: {rest...} has an empty level"},
                          {"a/../b", "capture: {rest...} has a level '..'"},
                          {"..", "capture: {rest...} has a level '..'"},
                          {"a/+/b", "capture: {rest...} holds '+'"},
                          {"a/#", "capture: {rest...} holds '#'"},
                          {"a/\x01", "capture: {rest...} holds a control character"}};
    for (const auto& one : cases) {
        auto execution = with_device("d");
        execution.captures[1] = one.rest;
        EXPECT_EQ(expanded("x/{rest...}", Kind::mqtt, execution), one.result) << one.rest;
    }
}

TEST(AddressTemplate, PartsCannotBeJoinedToAParentLevel) {
    EXPECT_EQ(expanded("a/.{device}", Kind::mqtt, with_device(".")), "capture: the address has a level '..'");
    EXPECT_EQ(expanded("a/.{device}", Kind::mqtt, with_device("x")), "a/.x");
    EXPECT_EQ(expanded("a/{device}{device}/b", Kind::mqtt, with_device(".")),
              "capture: the address has a level '..'");
}

TEST(AddressTemplate, SaysWhatThePayloadIsThatHasNoSuchMember) {
    const auto refused = [](std::string_view text, const char* payload) {
        Execution execution = with_device("d");
        execution.with_payload(payload);
        const auto said = expanded(text, Kind::mqtt, execution);
        return said.substr(std::min(said.find("has no value"), said.size()));
    };
    EXPECT_EQ(refused("a/{payload.x}", "{}"), "has no value");
    EXPECT_EQ(refused("a/{payload.x}", "[1]"), "has no value: the payload is a list, not an object");
    EXPECT_EQ(refused("a/{payload.x}", R"("secret")"), "has no value: the payload is a text, not an object");
    EXPECT_EQ(refused("a/{payload.x}", "7"), "has no value: the payload is a number, not an object");
    EXPECT_EQ(refused("a/{payload.x}", "true"), "has no value: the payload is a boolean, not an object");
    EXPECT_EQ(refused("a/{payload.x}", "null"), "has no value: the payload is null, not an object");
    EXPECT_EQ(refused("a/{payload.x}", ""), "has no value: the payload is empty");
    EXPECT_EQ(refused("a/{payload[0]}", "{}"), "has no value: the payload is an object, not a list");
    EXPECT_EQ(refused("a/{payload.o.x.y}", R"({"o":{"x":7}})"),
              "has no value: payload.o.x is a number, not an object");
    EXPECT_EQ(refused("a/{payload.l[1].x}", R"({"l":[{},null]})"),
              "has no value: payload.l[1] is null, not an object");
}

TEST(AddressTemplate, AbsentValuesAreRefusedAsSuch) {
    Execution execution = with_device("d");
    execution.with_payload(R"({"nul":null,"o":{"a":1},"l":[1]})");
    EXPECT_EQ(expanded("a/{payload.x}", Kind::mqtt, execution), "absent: {payload.x} has no value");
    EXPECT_EQ(expanded("a/{payload.nul}", Kind::mqtt, execution), "absent: {payload.nul} is null");
    EXPECT_EQ(expanded("a/{payload.o}", Kind::mqtt, execution), "capture: {payload.o} is no single value");
    EXPECT_EQ(expanded("a/{payload.l}", Kind::mqtt, execution), "capture: {payload.l} is no single value");
    EXPECT_EQ(expanded("a/{payload.o|int}", Kind::mqtt, execution),
              "absent: {payload.o|int}: an object is not a number");
}

TEST(AddressTemplate, OverlongIsALimit) {
    EXPECT_EQ(expanded("a/{device}", Kind::mqtt, with_device(std::string(70000, 'x'))),
              "limit: {device} is too long for an address");
    EXPECT_EQ(expanded("a/{device}/{device}", Kind::mqtt, with_device(std::string(40000, 'x'))),
              "limit: the address has more than 65535 bytes");
    EXPECT_EQ(expanded(std::string(65536, 'a'), Kind::mqtt, {}),
              "problem: an address has at most 65535 bytes");
}

TEST(AddressTemplate, ReservedTreesAreForThoseWhoSpellThem) {
    const std::string refused = "reserved: the address is in a reserved tree";
    EXPECT_EQ(expanded("{device}/x", Kind::mqtt, with_device("$SYS")), refused);
    EXPECT_EQ(expanded("${device}/x", Kind::mqtt, with_device("SYS")), refused);
    EXPECT_EQ(expanded("$SYS/{device}", Kind::mqtt, with_device("x")), "$SYS/x");
    EXPECT_EQ(expanded("/{device}/x", Kind::happn, with_device("_exchange")), refused);
    EXPECT_EQ(expanded("/_{device}/x", Kind::happn, with_device("exchange")), refused);
    EXPECT_EQ(expanded("/{rest...}",
                       Kind::happn,
                       [] {
                           auto execution = with_device("d");
                           execution.captures[1] = "_SYSTEM/x";
                           return execution;
                       }()),
              refused);
    EXPECT_EQ(expanded("/_own/{device}", Kind::happn, with_device("x")), "/_own/x");
    EXPECT_EQ(expanded("/mesh/{device}", Kind::happn, with_device("schema")), refused);
    EXPECT_EQ(expanded("/mesh/{device}/x", Kind::happn, with_device("schema")), refused);
    EXPECT_EQ(expanded("/mesh/{device}", Kind::happn, with_device("schemas")), "/mesh/schemas");
    EXPECT_EQ(expanded("/mesh/schema/{device}", Kind::happn, with_device("x")), "/mesh/schema/x");
    EXPECT_EQ(expanded("/a/{device}", Kind::happn, with_device("_x")), "/a/_x");
    EXPECT_EQ(expanded("{device}/x", Kind::call, with_device("security")), refused);
    EXPECT_EQ(expanded("security/{device}", Kind::call, with_device("x")),
              "problem: the security component is never called");
}

TEST(AddressTemplate, VariablesCountAsLiteral) {
    const std::map<std::string, Value> vars{
        {"site", Value::text("plant7/hall")}, {"bad", Value::text("a/#")}, {"sys", Value::text("$SYS")}};
    auto scope = device_scope();
    scope.vars = &vars;
    const auto execution = with_device("d1");
    const auto address = [&](std::string_view text) {
        const auto parsed = AddressTemplate::parse(text, Kind::mqtt, scope);
        return parsed ? parsed->expand(execution.evaluation()).value() : "problem: " + parsed.error().message;
    };
    EXPECT_EQ(address("{vars.site}"), "plant7/hall");
    EXPECT_EQ(address("{vars.site}/{payload.x|default('y')}"), "plant7/hall/y");
    EXPECT_EQ(address("{vars.sys}/{device}"), "$SYS/d1");
    EXPECT_EQ(address("x/{vars.bad}"), "problem: a target address cannot hold '#'");
    EXPECT_TRUE(AddressTemplate::parse("x/{vars.site}", Kind::mqtt, scope)->constant());
}

TEST(AddressTemplate, WildcardsAreForGets) {
    const auto execution = with_device("d1");
    EXPECT_EQ(expanded("/devices/{device}/{*leaf}", Kind::happn, execution, true), "/devices/d1/*");
    EXPECT_EQ(expanded("/devices/*/{device}", Kind::happn, execution, true), "/devices/*/d1");
    EXPECT_EQ(expanded("*", Kind::happn, execution, true), "*");
    EXPECT_EQ(expanded("/devices/{device}", Kind::happn, with_device("*"), true),
              "capture: {device} holds '*'");
    EXPECT_EQ(expanded("/devices/{*leaf}", Kind::happn, execution),
              "problem: '{*leaf}' belongs in the address of a get or stream");
    EXPECT_EQ(expanded("/devices/*", Kind::happn, execution), "problem: a target address cannot hold '*'");
}

TEST(AddressTemplate, OfTopicsWildcardsMakeAFilter) {
    const auto execution = with_device("d1");
    const auto filter = [&](std::string_view text) { return expanded(text, Kind::mqtt, execution, true); };
    EXPECT_EQ(filter("rooms/{device}/{*sensor}"), "rooms/d1/+");
    EXPECT_EQ(filter("+/{device}/#"), "+/d1/#");
    EXPECT_EQ(filter("rooms/{*rest...}"), "rooms/#");
    EXPECT_EQ(filter("$SYS/broker/#"), "$SYS/broker/#") << "spelled by the route";
    EXPECT_EQ(filter("rooms/+x"), "problem: '+' is a whole level");
    EXPECT_EQ(filter("rooms/#/x"), "problem: what takes the rest is the last level");
    EXPECT_EQ(filter("{*a}/{*a}"), "problem: 'a' is bound twice");
    EXPECT_EQ(filter("$share/g/x"), "problem: a shared subscription is not spelled in the topic");
    EXPECT_EQ(expanded("rooms/{*sensor}", Kind::mqtt, execution),
              "problem: '{*sensor}' belongs in the address of a get or stream");
    EXPECT_EQ(expanded("/rooms/{*rest...}", Kind::happn, execution, true),
              "problem: {*rest...} belongs in an MQTT filter");
}

TEST(AddressTemplate, NoValueBringsAWildcardIntoAFilter) {
    for (const std::string value : {"+", "#", "a/b", "*", ""})
        EXPECT_THAT(expanded("rooms/{device}/#", Kind::mqtt, with_device(value), true), StartsWith("capture"))
            << value;
    EXPECT_THAT(expanded("{device}/#", Kind::mqtt, with_device("$SYS"), true), StartsWith("reserved"));
}

TEST(AddressTemplate, AsAPatternAFilterTakesWhatItsWildcardsTake) {
    const auto filter = AddressTemplate::parse("a/+/{device}/{*rest...}", Kind::mqtt, device_scope(), true);
    EXPECT_TRUE(filter->as_pattern().match("a/b/c/d/e").has_value());
    EXPECT_FALSE(filter->as_pattern().match("x/b/c/d").has_value());
    const auto names = filter->wildcard_names();
    ASSERT_EQ(names.size(), 1U);
    EXPECT_EQ(names[0], (CaptureName{"rest", CaptureType::rest}));
}

TEST(AddressTemplate, TellsWhatIsWrongAndWhere) {
    struct Case {
        Kind kind;
        std::string_view text;
        std::size_t offset;
        std::string_view message;
    };
    constexpr std::string_view needs_literal =
        "an address built from a message's values needs a literal first level";
    const Case cases[] = {
        {Kind::mqtt, "", 0, "an address is never empty"},
        {Kind::mqtt, "a/{devcie}", 3, "unknown name 'devcie'"},
        {Kind::mqtt, "a/+/b", 2, "a target address cannot hold '+'"},
        {Kind::mqtt, "a/{{x}}/#", 8, "a target address cannot hold '#'"},
        {Kind::mqtt, "a/\x01", 2, "a target address cannot hold a control character"},
        {Kind::mqtt, "a/../b", 0, "'..' is no level of an address"},
        {Kind::mqtt, "a/\xE3y", 0, "an address is UTF-8 without NUL"},
        {Kind::mqtt, "..", 0, "'..' is no level of an address"},
        {Kind::mqtt, "{payload.x}/y", 1, needs_literal},
        {Kind::mqtt, "x-{payload.x}/y", 3, needs_literal},
        {Kind::mqtt, "{device}-{payload.x}/y", 10, needs_literal},
        {Kind::mqtt, "/{payload.x}", 2, needs_literal},
        {Kind::mqtt, "{in.topic}", 1, needs_literal},
        {Kind::mqtt, "{principal.username}/x", 1, needs_literal},
        {Kind::mqtt, "x/{rest}", 3, "{rest} holds several levels"},
        {Kind::mqtt, "x/{device...}", 3, "'device' is one level"},
        {Kind::happn, "a/b", 0, "a happn path starts with '/'"},
        {Kind::happn, "{device}/b", 0, "a happn path starts with '/'"},
        {Kind::happn, "/{payload.x}/y", 2, needs_literal},
        {Kind::happn, "/a/b~", 4, "a target address cannot hold '~'"},
        {Kind::call, "component", 0, "a method is named component/method"},
        {Kind::call, "a/b/c", 0, "a method is named component/method"},
        {Kind::call, "/method", 0, "a method is named component/method"},
        {Kind::call, "{payload.x}/y", 1, needs_literal},
    };
    for (const auto& one : cases) {
        const auto parsed = AddressTemplate::parse(one.text, one.kind, device_scope());
        ASSERT_FALSE(parsed.has_value()) << one.text;
        EXPECT_EQ(parsed.error().message, one.message) << one.text;
        EXPECT_EQ(parsed.error().offset, one.offset) << one.text;
    }
}

TEST(AddressTemplate, CapturesMayStandFirst) {
    auto execution = with_device("d1");
    execution.with_payload(R"({"x":"y"})");
    EXPECT_EQ(expanded("{device}/{payload.x}", Kind::mqtt, execution), "d1/y");
    EXPECT_EQ(expanded("/{device}/{payload.x}", Kind::happn, execution), "/d1/y");
}

TEST(AddressTemplate, AsPatternTakesEveryAddressItCanProduce) {
    struct Case {
        Kind kind;
        std::string_view text, takes, not_this;
    };
    const Case cases[] = {
        {Kind::mqtt, "a/{device}/c", "a/x/c", "a/x/d"},
        {Kind::mqtt, "a/x-{device}.json", "a/x-1.json", "a/y-1.json"},
        {Kind::mqtt, "a/{device}-{n}/c", "a/1-2/c", "b/1-2/c"},
        {Kind::mqtt, "a/{rest...}/z", "a/b/c/z", "b/c/z"},
        {Kind::mqtt, "{device}/c", "x/c", "$x/c"},
        {Kind::happn, "/a/{device}", "/a/x", "/b/x"},
        {Kind::happn, "/a/{{x}}", "/a/{x}", "/a/x"},
        {Kind::call, "thermostat/{device}", "thermostat/x", "other/x"},
    };
    for (const auto& one : cases) {
        const auto pattern = AddressTemplate::parse(one.text, one.kind, device_scope())->as_pattern();
        EXPECT_TRUE(pattern.match(one.takes).has_value()) << one.text;
        EXPECT_FALSE(pattern.match(one.not_this).has_value()) << one.text;
    }
    const auto read =
        AddressTemplate::parse("/a/x*/{*leaf}", Kind::happn, device_scope(), true)->as_pattern();
    EXPECT_TRUE(read.match("/a/x1/y").has_value());
    EXPECT_TRUE(AddressTemplate::parse("a/b", Kind::mqtt, device_scope())->as_pattern().literal());
    EXPECT_FALSE(AddressTemplate::parse("a/{device}", Kind::mqtt, device_scope())->as_pattern().literal());
    const auto loop = AddressPattern::parse("a/{x}", AddressKind::mqtt);
    EXPECT_TRUE(
        AddressTemplate::parse("a/{device}", Kind::mqtt, device_scope())->as_pattern().intersects(*loop));
}

}  // namespace
}  // namespace gateway
