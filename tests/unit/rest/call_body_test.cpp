// The arguments of a call, from a body however large.
#include "adapters/rest/call_body.hpp"

#include <gtest/gtest.h>

namespace rest {
namespace {

constexpr int newest = 4, oldest = 1;

std::string rest_params(std::string_view body, int dialect = newest) {
    return call_arguments(dialect_of(dialect), body, {"$restParams", "callback"}, {}).json;
}

TEST(RestParameters, AreAllButTheCredentialsAsTheyAreWritten) {
    EXPECT_EQ(
        rest_params(R"({"parameters":{"b":1.50, "username":"u","a":{"username": "v"},"password":"p"}})"),
        R"([{"b":1.50,"a":{"username": "v"}}])");
    EXPECT_EQ(rest_params(R"({"parameters":{"happn\u005ftoken":"t"}})"), "[{}]");
    EXPECT_EQ(rest_params(R"({"parameters":{"a":1,"a":2}})"), R"([{"a":1,"a":2}])");
}

TEST(RestParameters, ThatAreNoObjectAreNoneOrAsTheyAre) {
    for (const std::string value : {R"("x")", "5", "true"}) {
        EXPECT_EQ(rest_params(R"({"parameters":)" + value + '}'), "[{}]");
        EXPECT_EQ(rest_params(R"({"parameters":)" + value + '}', oldest), '[' + value + ']');
    }
    for (const std::string value : {R"("")", "0", "false", "null"})
        EXPECT_EQ(rest_params(R"({"parameters":)" + value + '}', oldest), "[{}]");
    EXPECT_EQ(rest_params(R"({"parameters":[1]})", oldest), "[[1]]");
    EXPECT_EQ(rest_params("[1]", oldest), "[{}]");
}

/// Looked for one by one, a million names would take longer than a test may.
TEST(RestParameters, MayBeAMillion) {
    std::string body = R"({"parameters":{"username":"u")";
    for (int i = 0; i < 1'000'000; ++i)
        body += ",\"" + std::to_string(i) + "\":1";
    const std::string arguments = rest_params(body + "}}");
    EXPECT_TRUE(arguments.starts_with(R"([{"0":1,"1":1,)"));
    EXPECT_TRUE(arguments.ends_with(R"("999999":1}])"));
}

}  // namespace
}  // namespace rest
