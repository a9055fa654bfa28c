// ETag and If-None-Match: who has the answer already is not sent it again.
#include "adapters/rest/conditional.hpp"

#include <gtest/gtest.h>

#include "surface_test_base.hpp"

namespace rest {
namespace {

TEST(IfNoneMatch, HoldsTagsInAnyForm) {
    EXPECT_TRUE(has_already("\"a\"", "a"));
    EXPECT_TRUE(has_already("W/\"a\"", "a"));
    EXPECT_TRUE(has_already("\"x\", W/\"a\" , \"y\"", "a"));
    EXPECT_TRUE(has_already("*", "a"));
    EXPECT_FALSE(has_already("", "a"));
    EXPECT_FALSE(has_already("\"b\"", "a"));
    EXPECT_FALSE(has_already("a", "a")) << "a tag has quotes";
    EXPECT_FALSE(has_already("\"a", "a"));
    EXPECT_FALSE(has_already(", ,", "a"));
}

class EtagTest : public SurfaceTest {
protected:
    EtagTest() {
        mesh.is_secure = false;
        auto route = gateway::http_to_happn_get("read", "GET", "/d/{x}", "/d/{x}");
        route.respond.emplace().etag = true;
        use({std::move(route)});
    }
    HttpReply read(const std::string& method, const std::string& if_none_match, std::string version = "v1") {
        Headers headers;
        if (!if_none_match.empty()) headers.emplace_back("If-None-Match", if_none_match);
        send(method, "/d/1", std::move(headers));
        gateway::Outcome outcome{
            gateway::Payload{gateway::Bytes{std::string{"{\"a\":1}"}}, gateway::Encoding::json, {}}};
        outcome.version = std::move(version);
        dispatcher.on_outcome(sinks.node.delivered.back().first, std::move(outcome));
        return std::exchange(late, std::nullopt).value_or(HttpReply{});
    }
};

TEST_F(EtagTest, AnAnswerCarriesItsTag) {
    const HttpReply reply = read("GET", "");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(header_of(reply, "ETag"), "W/\"v1\"");
}

TEST_F(EtagTest, WhoHasItGets304WithoutABody) {
    for (const char* method : {"GET", "HEAD"}) {
        const HttpReply reply = read(method, "W/\"v1\"");
        EXPECT_EQ(reply.status, 304);
        EXPECT_EQ(header_of(reply, "ETag"), "W/\"v1\"");
        EXPECT_TRUE(reply.body.empty());
    }
    EXPECT_EQ(read("GET", "W/\"v0\"").status, 200);
}

TEST_F(EtagTest, WhatHasNoTimesHasNoTag) {
    const HttpReply reply = read("GET", "*", "");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(header_of(reply, "ETag"), "");
}

}  // namespace
}  // namespace rest
