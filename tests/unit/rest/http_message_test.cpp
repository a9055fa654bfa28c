#include "adapters/rest/http_message.hpp"

#include <gtest/gtest.h>

#include "adapters/rest/allow_list.hpp"
#include "adapters/rest/credentials.hpp"
#include "adapters/rest/reply_writer.hpp"

namespace rest {
namespace {

using gateway::Bytes;

TEST(HttpRequest, FindsHeadersInAnyCase) {
    HttpRequest request;
    request.headers = {{"Content-TYPE", "a"}, {"content-type", "b"}};
    EXPECT_EQ(request.header("content-type"), "a");
    EXPECT_EQ(request.header("accept"), "");
    EXPECT_FALSE(request.has_header("accept"));
}

TEST(HttpRequest, SplitsItsTarget) {
    HttpRequest request;
    request.target = "/a/b?x=1?2#frag";
    EXPECT_EQ(request.path(), "/a/b");
    EXPECT_EQ(request.query(), "x=1?2");
}

TEST(ListHeader, FindsAnElementInAnyCase) {
    EXPECT_TRUE(has_list_element("keep-alive, Upgrade", "upgrade"));
    EXPECT_FALSE(has_list_element("keep-alive, Upgraded", "upgrade"));
    EXPECT_FALSE(has_list_element("", "upgrade"));
}

TEST(Credentials, AreLookedForInCookieQueryAndHeaderInThisOrder) {
    HttpRequest request;
    request.headers = {{"Cookie", "x=1; happn_token=c; y=2"},
                       {"Authorization", "bearer h "},
                       {"Sec-Fetch-Site", "same-origin"}};
    const std::vector<gateway::NameValue> query{{"happn_token", "q"}};
    gateway::RestSettings settings;
    const auto token = [&](Cookies cookies) {
        const auto found = find_token(request, query, settings, cookies);
        return found ? found->reveal() : "none";
    };
    EXPECT_EQ(token(Cookies::from_same_origin), "c");
    EXPECT_EQ(token(Cookies::never), "q");
    settings.query = false;
    EXPECT_EQ(token(Cookies::never), "h");
    settings.bearer = false;
    EXPECT_EQ(token(Cookies::never), "none");
    settings.cookie = false;
    EXPECT_EQ(token(Cookies::from_same_origin), "none");
}

TEST(AllowList, ComparesComponentAndMethodApart) {
    const AllowList list{{"a/*", "b/get*", "*/ping", "x"}};
    EXPECT_TRUE(list.allows("a", "anything"));
    EXPECT_TRUE(list.allows("b", "getAll"));
    EXPECT_FALSE(list.allows("b", "set"));
    EXPECT_TRUE(list.allows("other", "ping"));
    EXPECT_TRUE(list.allows("x", "y"));
    EXPECT_FALSE(list.allows("c", "get"));
    EXPECT_FALSE(AllowList{{}}.allows("a", "b"));
}

std::string written(const HttpReply& reply, ReplyFraming framing = {}) {
    std::string out;
    append_reply(out, reply, framing, "now");
    return out;
}

TEST(ReplyWriter, WritesAWholeResponse) {
    EXPECT_EQ(written({200, "text/plain", Bytes::literal("pong")}),
              "HTTP/1.1 200 OK\r\nDate: now\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\npong");
}

TEST(ReplyWriter, CountsTheBodyOfHeadWithoutSendingIt) {
    ReplyFraming head;
    head.head = true;
    EXPECT_TRUE(
        written({200, "text/plain", Bytes::literal("pong")}, head).ends_with("Content-Length: 4\r\n\r\n"));
}

TEST(ReplyWriter, SendsNoBodyWithNoContent) {
    EXPECT_EQ(written({204, "text/plain", Bytes::literal("x")}),
              "HTTP/1.1 204 No Content\r\nDate: now\r\n\r\n");
}

TEST(ReplyWriter, SendsAnEmptyBodyWithResetContent) {
    EXPECT_EQ(written({205, "text/plain", Bytes::literal("x")}),
              "HTTP/1.1 205 Reset Content\r\nDate: now\r\nContent-Length: 0\r\n\r\n");
}

TEST(ReplyWriter, SaysThatTheProtocolItNamesIsOfTheConnection) {
    HttpReply reply;
    reply.headers = {{"Upgrade", "websocket"}};
    EXPECT_NE(written(reply).find("\r\nConnection: upgrade\r\n"), std::string::npos);
}

TEST(ReplyWriter, LeavesOutHeadersThatWouldBreakTheFraming) {
    HttpReply reply{200, "text/plain\r\nX-Bad: 1", Bytes::literal("x")};
    reply.headers = {{"X-Split", "a\r\nSet-Cookie: b"},
                     {"Bad Name", "x"},
                     {"", "x"},
                     {"Content-Length", "99"},
                     {"Transfer-Encoding", "chunked"},
                     {"Date", "yesterday"},
                     {"Keep-Alive", "timeout=99"},
                     {"Trailer", "X"},
                     {"X-Ok", "y"}};
    EXPECT_EQ(written(reply), "HTTP/1.1 200 OK\r\nDate: now\r\nX-Ok: y\r\nContent-Length: 1\r\n\r\nx");
}

TEST(ReplyWriter, SaysWhatBecomesOfTheConnection) {
    ReplyFraming closing;
    closing.keep_alive = false;
    EXPECT_NE(written({}, closing).find("Connection: close\r\n"), std::string::npos);
    ReplyFraming old;
    old.old_client = true;
    EXPECT_NE(written({}, old).find("Connection: keep-alive\r\n"), std::string::npos);
    EXPECT_EQ(written({}).find("Connection"), std::string::npos);
}

TEST(HttpDate, HasTheFormOfRfc9110) {
    HttpDate date;
    const std::string text{date.now()};
    EXPECT_EQ(text.size(), 29U) << text;
    EXPECT_TRUE(text.ends_with(" GMT")) << text;
    EXPECT_EQ(date.now(), text);
}

}  // namespace
}  // namespace rest
