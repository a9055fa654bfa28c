// Nonsense on a websocket of the node: each piece is answered as happn answers it, or by silence, and the
// same socket goes on. What is expected is what happn-3 13.12.1 (happn_4) and 1.12.1 (happn_1.3.0) do.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/gateway_process.hpp"
#include "tests/support/raw_client.hpp"

namespace {

using namespace support;
using nlohmann::json;

/// Texts of a server's frames of up to 65535 bytes, which are not masked.
std::vector<json> texts_of(std::string_view bytes) {
    std::vector<json> texts;
    while (!bytes.empty()) {
        const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes.at(at)); };
        const bool is_long = byte(1) == 126;
        const std::size_t head = is_long ? 4 : 2;
        const std::size_t size = is_long ? byte(2) * 256U + byte(3) : byte(1);
        texts.push_back(json::parse(bytes.substr(head, size)));
        bytes.remove_prefix(head + size);
    }
    return texts;
}

class NodeClient {
public:
    NodeClient(std::uint16_t port, const std::string& protocol) : client_{port} {
        client_.send("GET /primus HTTP/1.1\r\nHost: gateway\r\n" + websocket_upgrade + "\r\n");
        seen_ = client_.read_until("\r\n\r\n").size();
        const json configure{
            {"action", "configure-session"}, {"eventId", 1}, {"data", {{"protocol", protocol}}}};
        EXPECT_EQ(says_to(text_frame(configure.dump())).size(), 1U);
    }

    /// What the node says to these bytes, before it answers the good request that follows on the same socket.
    std::vector<json> says_to(const std::string& bytes) {
        const std::string number = std::to_string(++last_request_);
        client_.send(bytes);
        client_.send(text_frame(R"({"action":"get","path":"/nothing","eventId":)" + number + "}"));
        client_.send(text_frame("\"primus::ping::" + number + "\""));
        const std::string received = client_.read_until("primus::pong::" + number + "\"");
        auto texts = texts_of(std::string_view{received}.substr(seen_));
        seen_ = received.size();
        if (texts.size() < 2) throw WaitFailed("the good request was not answered");
        const json good = texts.at(texts.size() - 2);
        EXPECT_EQ(good.at("_meta").at("eventId"), last_request_) << good;
        EXPECT_EQ(good.at("_meta").at("status"), "ok") << good;
        texts.resize(texts.size() - 2);
        return texts;
    }

    std::vector<json> says_to_text(std::string_view text) { return says_to(text_frame(text)); }

    json answer_to(const json& request) {
        const auto answers = says_to_text(request.dump());
        EXPECT_EQ(answers.size(), 1U) << request;
        return answers.empty() ? json::object() : answers.front();
    }

    json error_of(const json& request) {
        const json answer = answer_to(request);
        EXPECT_EQ(answer.at("_meta").at("status"), "error") << answer;
        EXPECT_EQ(answer.at("_meta").at("eventId"), request.at("eventId")) << answer;
        return answer.at("_meta").value("error", json::object());
    }

private:
    RawClient client_;
    std::size_t seen_ = 0;
    int last_request_ = 1000;
};

json set(const json& path) {
    return {{"action", "set"}, {"path", path}, {"data", {{"a", 1}}}, {"eventId", 7}};
}

const std::string too_deep = R"({"action":"set","path":"/a","eventId":7,"data":)" + std::string(100, '[') +
                             std::string(100, ']') + "}";

class NonsenseToTheNode : public testing::Test {
protected:
    void expect_counted(const std::string& name, int times) const {
        EXPECT_EQ(metric(gateway.metrics(), "happn_gateway_" + name + "_total"), times) << name;
    }

    GatewayProcess gateway{{.settings = "node: { enabled: true }\n", .mappings = {}}};
    NodeClient current{gateway.port(), "happn_4"};
    NodeClient old{gateway.port(), "happn_1.3.0"};
};

TEST_F(NonsenseToTheNode, IsDroppedAndCountedWhenItIsNoJson) {
    for (NodeClient* client : {&current, &old}) {
        for (const std::string_view text : {"", "{bad", "primus::ping::1", R"({"action":"set","path":tru})"})
            EXPECT_TRUE(client->says_to_text(text).empty()) << text;
    }
    expect_counted("node_malformed_frames", 8);
}

TEST_F(NonsenseToTheNode, IsRefusedAndCountedWhenItIsTooDeep) {
    for (NodeClient* client : {&current, &old}) {
        const auto answers = client->says_to_text(too_deep);
        ASSERT_EQ(answers.size(), 1U);
        EXPECT_EQ(answers[0]["_meta"]["eventId"], 7);
        EXPECT_EQ(answers[0]["_meta"]["error"]["message"], "the request is nested deeper than 64 levels");
    }
    expect_counted("node_malformed_frames", 2);
}

TEST_F(NonsenseToTheNode, IsDroppedAndCountedWhenItIsJsonButNoRequest) {
    for (NodeClient* client : {&current, &old}) {
        for (const std::string_view text : {"5", "null", "[1,2]"})
            EXPECT_TRUE(client->says_to_text(text).empty()) << text;
    }
    expect_counted("node_unknown_frames", 6);
}

TEST_F(NonsenseToTheNode, OfAnUnknownActionIsSilentlyPassedOverOrOkInTheOldDialect) {
    const json request{{"action", "explode"}, {"path", "/a"}, {"eventId", 7}};
    EXPECT_TRUE(current.says_to_text(request.dump()).empty());
    const json answer = old.answer_to(request);
    EXPECT_EQ(answer.at("_meta").at("status"), "ok");
    EXPECT_EQ(answer.at("data"), nullptr);
    expect_counted("node_unknown_actions", 2);
}

TEST_F(NonsenseToTheNode, InAPathIsRefusedOrStoredAsItIsInTheOldDialect) {
    const std::string illegal = current.error_of(set("/a/b#!")).at("message");
    EXPECT_TRUE(illegal.starts_with("Bad path, can only contain characters a-z A-Z 0-9")) << illegal;
    EXPECT_EQ(current.error_of(set("/a/*")).at("message"),
              "Bad path, if the action is 'set' the path cannot contain the * wildcard character");
    for (const char* path : {"/a/b#!", "/a/*"}) {
        const json answer = old.answer_to(set(path));
        EXPECT_EQ(answer.at("_meta").at("status"), "ok") << answer;
        EXPECT_EQ(answer.at("_meta").at("path"), path);
    }
}

TEST_F(NonsenseToTheNode, InPlaceOfAPathIsRefusedInTheWordsOfTheDialect) {
    EXPECT_EQ(current.error_of(set(5)).at("message"), "Bad path [5], must be a string");
    const json error = old.error_of(set(5));
    EXPECT_EQ(error.at("name"), "SystemError");
    EXPECT_EQ(error.at("code"), 500);
    EXPECT_EQ(error.at("message"), "get recipients failed");
}

TEST_F(NonsenseToTheNode, IsPassedOverInABinaryFrame) {
    const std::string binary = websocket_frame(2, set("/binary").dump());
    EXPECT_TRUE(current.says_to(binary).empty());
    const json got = current.answer_to({{"action", "get"}, {"path", "/binary"}, {"eventId", 8}});
    EXPECT_EQ(got.at("data"), nullptr);
}

TEST(NodeLimits, AFurtherWebsocketIsAnsweredWith503) {
    GatewayProcess gateway{{.settings = "node: { max_sessions: 1 }\n", .mappings = {}}};
    const NodeClient first{gateway.port(), "happn_4"};
    RawClient second{gateway.port()};
    second.send("GET /primus HTTP/1.1\r\nHost: gateway\r\n" + websocket_upgrade + "\r\n");
    EXPECT_EQ(second.read_until("\r\n").substr(0, 12), "HTTP/1.1 503");
}

}  // namespace
