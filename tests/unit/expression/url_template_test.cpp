#include "gateway/expression/url_template.hpp"

#include "expression_support.hpp"

namespace gateway::testing {
namespace {

constexpr std::string_view city_source = "weather/{city}/{more...}";

Scope city_scope() {
    Scope scope = open_scope();
    scope.captures = pattern(city_source, AddressKind::mqtt).names();
    return scope;
}

std::string problem_of(std::string_view url) {
    const auto parsed = UrlTemplate::parse(url, city_scope());
    return parsed ? "" : parsed.error().message;
}

/// The URL, or "reason: detail".
std::string url_of(std::string_view url, const std::string& city, const std::string& payload = "{}") {
    const auto parsed = UrlTemplate::parse(url, city_scope());
    if (!parsed) return "problem: " + parsed.error().message;
    Execution execution;
    execution.with_payload(payload);
    execution.captures = *pattern(city_source, AddressKind::mqtt).match("weather/" + city + "/a b/c");
    const auto expanded = parsed->expand(execution.evaluation());
    if (expanded) return *expanded;
    return std::string{refusal_name(expanded.error().reason)} + ": " + expanded.error().detail;
}

TEST(UrlTemplate, EncodesValuesInPathAndQuery) {
    EXPECT_EQ(url_of("https://w.example/v1/{city}?q={payload.q}", "K\xc3\xb6ln", R"({"q":"a b&c=d/e"})"),
              "https://w.example/v1/K%C3%B6ln?q=a%20b%26c%3Dd%2Fe");
    EXPECT_EQ(url_of("https://w.example/{more...}", "x"), "https://w.example/a%20b/c");
    EXPECT_EQ(url_of("https://w.example/{city|url}", "a?b"), "https://w.example/a%3Fb");
    EXPECT_EQ(url_of("https://w.example?q={payload.q}", "x", R"({"q":""})"), "https://w.example/?q=");
}

TEST(UrlTemplate, RefusesValuesThatWouldLeaveTheirLevel) {
    EXPECT_EQ(url_of("https://w.example/{payload.q}/x", "x", R"({"q":".."})"),
              "capture: {payload.q} is '..'");
    EXPECT_EQ(url_of("https://w.example/{payload.q}", "x", R"({"q":"a/b"})"),
              "capture: {payload.q} holds '/'");
    EXPECT_EQ(url_of("https://w.example/{payload.q}", "x", R"({"q":""})"),
              "capture: {payload.q} is empty, or has an empty level");
    EXPECT_EQ(url_of("https://w.example/.{payload.q}/x", "x", R"({"q":"."})"), "capture: {payload.q} is '.'");
    EXPECT_EQ(url_of("https://w.example/?q={payload.q}", "x", R"({"q":"a\nb"})"),
              "capture: {payload.q} holds a control character");
    EXPECT_EQ(url_of("https://w.example/{payload.q}", "x", R"({"q":{}})"),
              "capture: {payload.q} is no single value");
    EXPECT_EQ(url_of("https://w.example/{payload.q}", "x"), "absent: {payload.q} has no value");
    EXPECT_TRUE(url_of("https://w.example/?q={payload.q}", "x", "{\"q\":\"" + std::string(9000, 'a') + "\"}")
                    .starts_with("limit: "));
}

TEST(UrlTemplate, NeverTakesItsHostFromAMessage) {
    EXPECT_EQ(problem_of("https://{city}/v1"), "the host of a URL is never taken from a message");
    EXPECT_EQ(problem_of("https://w.example{city}/v1"), "the host of a URL is never taken from a message");
    EXPECT_EQ(problem_of("https://w.example:{city}"), "the host of a URL is never taken from a message");
    EXPECT_NE(problem_of("{payload.url}"), "");
    EXPECT_EQ(problem_of("https://w.example/{city}"), "");
}

TEST(UrlTemplate, IsOfHttpAndHoldsNoCredential) {
    EXPECT_NE(problem_of("ftp://w.example/"), "");
    EXPECT_NE(problem_of("file:///etc/passwd"), "");
    EXPECT_EQ(problem_of("https://user:secret@w.example/"), "a URL holds no user or password");
    for (const auto* url : {"https://",
                            "https://:80/",
                            "https://w.example:0/",
                            "https://w.example:x/",
                            "https://w.example:70000/",
                            "https://w_\xc3\xb6/",
                            "https://w.example/a b",
                            "https://w.example/#top",
                            "https://w.example/a/../b",
                            "https://w.example/%2e%2e/b"})
        EXPECT_NE(problem_of(url), "") << url;
}

TEST(UrlTemplate, ShowsPeopleNoQuery) {
    const auto url = UrlTemplate::parse("HTTPS://W.Example:8443/v1?key=secret", city_scope());
    ASSERT_TRUE(url);
    EXPECT_EQ(url->origin(), "https://w.example:8443");
    EXPECT_EQ(url->shown(), "HTTPS://W.Example:8443/v1");
}

}  // namespace
}  // namespace gateway::testing
