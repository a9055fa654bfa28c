// ETag and If-None-Match: who has the answer already is not sent it again.
#include "adapters/rest/conditional.hpp"

#include <gtest/gtest.h>

#include "adapters/rest/reply_writer.hpp"
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
    HttpReply read(const std::string& method,
                   const std::string& if_none_match,
                   std::string version = "v1",
                   std::string value = R"({"a":1})") {
        Headers headers;
        if (!if_none_match.empty()) headers.emplace_back("If-None-Match", if_none_match);
        send(method, "/d/1", std::move(headers));
        gateway::Outcome outcome{
            gateway::Payload{gateway::Bytes{std::move(value)}, gateway::Encoding::json, {}}};
        outcome.version = std::move(version);
        dispatcher.on_outcome(sinks.node.delivered.back().first, std::move(outcome));
        return std::exchange(late, std::nullopt).value_or(HttpReply{});
    }
};

TEST_F(EtagTest, TellsOneAnswerFromAnother) {
    const HttpReply reply = read("GET", "");
    EXPECT_EQ(reply.status, 200);
    const std::string tag = header_of(reply, "ETag");
    EXPECT_TRUE(tag.starts_with("W/\"")) << tag;
    EXPECT_EQ(header_of(read("GET", ""), "ETag"), tag);
    EXPECT_NE(header_of(read("GET", "", "v2"), "ETag"), tag) << "stored anew";
    EXPECT_NE(header_of(read("GET", "", "v1", R"({"a":2})"), "ETag"), tag)
        << "the same times, told otherwise: the route has been reloaded";
}

TEST_F(EtagTest, WhoHasItGets304WithoutABody) {
    const std::string tag = header_of(read("GET", ""), "ETag");
    for (const char* method : {"GET", "HEAD"}) {
        const HttpReply reply = read(method, tag);
        EXPECT_EQ(reply.status, 304);
        EXPECT_EQ(header_of(reply, "ETag"), tag);
        EXPECT_EQ(sent_body(reply, {}), 0U);
    }
    EXPECT_EQ(read("GET", tag, "v0").status, 200);
}

TEST_F(EtagTest, WhatHasNoTimesHasNoTag) {
    const HttpReply reply = read("GET", "*", "");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(header_of(reply, "ETag"), "");
}

}  // namespace
}  // namespace rest
