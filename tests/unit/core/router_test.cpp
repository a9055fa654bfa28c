#include "gateway/router.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "table_builder.hpp"

namespace gateway {
namespace {

std::vector<std::string> mqtt_routes(const Router& router, std::string_view topic) {
    std::vector<std::string> names;
    router.match_mqtt("local", topic, [&](const Route& route, Captures&&) { names.push_back(route.name); });
    return names;
}

TEST(Router, FindsEveryRouteOfATopic) {
    const Router router{table_of({mqtt_to_happn("exact", "a/b/c", "/x"),
                                  mqtt_to_happn("one", "a/{x}/c", "/x"),
                                  mqtt_to_happn("rest", "a/{x...}", "/x"),
                                  mqtt_to_happn("other", "b/{x}", "/x")})};
    EXPECT_THAT(mqtt_routes(router, "a/b/c"), testing::UnorderedElementsAre("exact", "one", "rest"));
    EXPECT_THAT(mqtt_routes(router, "a/z/c"), testing::UnorderedElementsAre("one", "rest"));
    EXPECT_THAT(mqtt_routes(router, "a"), testing::IsEmpty());
    EXPECT_THAT(mqtt_routes(router, ""), testing::IsEmpty());
}

TEST(Router, TellsATopicWithAnEmptyFirstLevelFromOneWithout) {
    const Router router{table_of({mqtt_to_happn("plain", "a/{x}", "/x"),
                                  mqtt_to_happn("rooted", "/a/{x}", "/x"),
                                  mqtt_to_happn("wild", "+/a/{x}", "/x")})};
    EXPECT_THAT(mqtt_routes(router, "a/1"), testing::ElementsAre("plain"));
    EXPECT_THAT(mqtt_routes(router, "/a/1"), testing::UnorderedElementsAre("rooted", "wild"));
}

TEST(Router, KeepsBrokersApart) {
    const Router router{table_of({mqtt_to_happn("one", "a/{x}", "/x")})};
    bool found = false;
    router.match_mqtt("another", "a/1", [&](const Route&, Captures&&) { found = true; });
    EXPECT_FALSE(found);
}

TEST(Router, SendsAnHttpRequestToTheMostSpecificRouteWhateverTheFileOrder) {
    const Router router{table_of({http_to_happn_get("rest", "GET", "/d/{x...}", "/x"),
                                  http_to_happn_get("capture", "GET", "/d/{x}", "/x"),
                                  http_to_happn_get("typed", "GET", "/d/{x:int}", "/x"),
                                  http_to_happn_get("literal", "GET", "/d/new", "/x")})};
    const auto name = [&](std::string_view path) { return router.match_http("GET", path).route->name; };
    EXPECT_EQ(name("/d/new"), "literal");
    EXPECT_EQ(name("/d/7"), "typed");
    EXPECT_EQ(name("/d/seven"), "capture");
    EXPECT_EQ(name("/d/seven/eight"), "rest");
    EXPECT_EQ(name("/d/ne%77"), "literal");
}

TEST(Router, TellsAnUnknownPathFromAWrongMethod) {
    const Router router{table_of({http_to_happn_get("read", "GET", "/d/{x}", "/x"),
                                  http_to_happn_get("drop", "DELETE", "/d/{x}", "/x")})};
    EXPECT_EQ(router.match_http("GET", "/nowhere").kind, HttpMatch::Kind::no_path);
    const HttpMatch wrong = router.match_http("POST", "/d/1");
    EXPECT_EQ(wrong.kind, HttpMatch::Kind::wrong_method);
    EXPECT_THAT(wrong.allowed, testing::UnorderedElementsAre("GET", "HEAD", "DELETE"));
}

TEST(Router, ServesHeadWhereThereIsGet) {
    const Router router{table_of({http_to_happn_get("read", "GET", "/d/{x}", "/x")})};
    EXPECT_EQ(router.match_http("HEAD", "/d/1").kind, HttpMatch::Kind::found);
}

}  // namespace
}  // namespace gateway
