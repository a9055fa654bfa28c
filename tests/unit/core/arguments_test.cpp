#include "gateway/arguments.hpp"

#include <gtest/gtest.h>

namespace gateway {
namespace {

std::vector<Parameter> set_target() {
    Parameter device{.name = "device", .type = ValueType::string, .required = true};
    Parameter celsius{.name = "celsius", .type = ValueType::number, .minimum = 5, .maximum = 35};
    return {device, celsius};
}

TEST(NamedArguments, FollowTheOrderOfTheDeclaration) {
    EXPECT_EQ(named_arguments(R"(["d1", 20.50])", set_target()).value(),
              R"({"device":"d1","celsius":20.50})");
}

TEST(NamedArguments, TakeOneObjectAsArgumentsByName) {
    EXPECT_EQ(named_arguments(R"([{"celsius":20,"device":"d1"}])", set_target()).value(),
              R"({"device":"d1","celsius":20})");
}

TEST(NamedArguments, LeaveOutWhatIsMissingOrNull) {
    EXPECT_EQ(named_arguments(R"(["d1"])", set_target()).value(), R"({"device":"d1"})");
    EXPECT_EQ(named_arguments(R"(["d1",null])", set_target()).value(), R"({"device":"d1"})");
}

TEST(NamedArguments, NameTheParameterThatIsWrong) {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"[]", "'device' is missing"},
        {"[1]", "'device' must be of type string"},
        {R"(["d1","warm"])", "'celsius' must be of type number"},
        {R"(["d1",4])", "'celsius' is below its minimum"},
        {R"(["d1",35.5])", "'celsius' is above its maximum, 35"},
        {R"(["d1",20,1])", "too many arguments"},
    };
    for (const auto& [arguments, message] : cases) {
        const auto named = named_arguments(arguments, set_target());
        ASSERT_TRUE(named.has_error()) << arguments;
        EXPECT_NE(named.error().message.find(message), std::string::npos) << named.error().message;
    }
}

TEST(NamedArguments, HoldTheirLimitsBeyondTheRangeOfADouble) {
    const std::string digits(400, '9');
    const std::pair<std::string, std::string_view> cases[] = {
        {"1e999", "is above its maximum"},
        {"-1e999", "is below its minimum"},
        {digits, "is above its maximum"},
        {"-" + digits, "is below its minimum"},
        {"1e-999", "is below its minimum"},
    };
    for (const auto& [number, message] : cases) {
        const auto named = named_arguments("[\"d1\"," + number + "]", set_target());
        ASSERT_TRUE(named.has_error()) << number;
        EXPECT_NE(named.error().message.find(message), std::string::npos) << named.error().message;
    }
}

TEST(NamedArguments, KeepANumberThatIsTooCloseToZeroForADouble) {
    const Parameter factor{.name = "factor", .type = ValueType::number, .minimum = 0, .maximum = 1};
    EXPECT_EQ(named_arguments("[1e-999]", {factor}).value(), R"({"factor":1e-999})");
}

TEST(TypedArguments, AreReadFromTextsAsTheirParametersDeclare) {
    const std::vector<Parameter> parameters{{.name = "number", .type = ValueType::number},
                                            {.name = "integer", .type = ValueType::integer},
                                            {.name = "boolean", .type = ValueType::boolean},
                                            {.name = "string", .type = ValueType::string},
                                            {.name = "any", .type = ValueType::any}};
    EXPECT_EQ(typed_arguments(R"(["21.50","-3","true","1","1"])", parameters), R"([21.50,-3,true,"1","1"])");
    EXPECT_EQ(typed_arguments(R"(["1e3",null,"0"])", parameters), "[1e3,null,false]");
}

TEST(TypedArguments, StayTextsWhereTheyAreNoneOfTheirType) {
    const std::vector<Parameter> parameters{{.name = "number", .type = ValueType::number},
                                            {.name = "integer", .type = ValueType::integer},
                                            {.name = "boolean", .type = ValueType::boolean}};
    for (const char* texts : {R"(["warm"])",
                              R"([""])",
                              R"([" 1"])",
                              R"(["0x10"])",
                              R"([null,"1.5"])",
                              R"([null,null,"yes"])",
                              R"([["1","2"]])"}) {
        EXPECT_EQ(typed_arguments(texts, parameters), texts);
        EXPECT_TRUE(named_arguments(typed_arguments(texts, parameters), parameters).has_error()) << texts;
    }
}

TEST(PositionalArguments, FillWhatIsMissingWithNullAndKeepFalsyValues) {
    EXPECT_EQ(positional_arguments(R"({"b":false,"a":0,"x":1})", {"a", "b", "c", "callback"}),
              "[0,false,null]");
}

TEST(ArgumentList, MakesOneOfAnything) {
    EXPECT_EQ(as_argument_list(""), "[]");
    EXPECT_EQ(as_argument_list("[1]"), "[1]");
    EXPECT_EQ(as_argument_list(R"({"a":1})"), R"([{"a":1}])");
}

}  // namespace
}  // namespace gateway
