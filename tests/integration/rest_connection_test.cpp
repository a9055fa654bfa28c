// What goes over an HTTP connection of the gateway byte by byte: pipelining, slices, limits, timeouts,
// upgrades.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/support/gateway_process.hpp"
#include "tests/support/raw_client.hpp"

namespace {

using namespace support;

std::string get(const std::string& path, const std::string& more = {}) {
    return "GET " + path + " HTTP/1.1\r\nHost: gateway\r\n" + more + "\r\n";
}

const std::string closing = "Connection: close\r\n";

std::size_t count(const std::string& text, std::string_view part) {
    std::size_t n = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size()))
        ++n;
    return n;
}

constexpr const char* routes = R"(
version: 1
routes:
  echo:
    from: { http: "POST /echo" }
    to:   { answer: "{payload}" }
  small:
    from: { http: "POST /small", max_body: 10B }
    to:   { answer: "{payload}" }
)";

class RestConnection : public testing::Test {
protected:
    std::string talk(const std::string& bytes) {
        RawClient client{gateway.port()};
        client.send(bytes);
        return client.read_to_end();
    }
    void expect_alive() { EXPECT_NE(talk(get("/ping", closing)).find("pong"), std::string::npos); }

    explicit RestConnection(const std::string& timeouts = {})
        : gateway{{.settings = "node: { enabled: true }\nrest: { mesh: node }\n" + timeouts,
                   .mappings = {{"routes.yaml", routes}}}} {}

    GatewayProcess gateway;
};

class ImpatientConnection : public RestConnection {
protected:
    ImpatientConnection() : RestConnection{"timeouts: { header: 200ms, body: 200ms, idle: 400ms }\n"} {}
};

TEST_F(RestConnection, AnswersPipelinedRequestsInOrder) {
    const std::string answers = talk(get("/version") + get("/ping") + get("/nosuch") + get("/ping", closing));
    EXPECT_EQ(count(answers, "HTTP/1.1 "), 4U);
    const auto version = answers.find("13.12.1"), ping = answers.find("pong"),
               missing = answers.find("404 Not Found");
    EXPECT_LT(version, ping);
    EXPECT_LT(ping, missing);
    EXPECT_LT(missing, answers.rfind("pong"));
}

TEST_F(RestConnection, UnderstandsARequestThatComesByteByByte) {
    RawClient client{gateway.port()};
    for (const char c : get("/ping", closing))
        client.send({&c, 1});
    EXPECT_TRUE(client.read_to_end().ends_with("pong"));
}

TEST_F(RestConnection, SendsOnlyTheHeadForHead) {
    const std::string answer = talk("HEAD /ping HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n");
    EXPECT_NE(answer.find("Content-Length: 4"), std::string::npos);
    EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

TEST_F(RestConnection, ClosesAfterAnHttp10Request) {
    EXPECT_TRUE(talk("GET /ping HTTP/1.0\r\n\r\n").ends_with("pong"));
}

TEST_F(RestConnection, SaysContinueBeforeABodyThatFits) {
    RawClient client{gateway.port()};
    client.send("POST /echo HTTP/1.1\r\nHost: gateway\r\nExpect: 100-continue\r\nContent-Length: 1\r\n" +
                closing + "\r\n");
    EXPECT_TRUE(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 100 Continue\r\n\r\n"));
    client.send("7");
    EXPECT_TRUE(client.read_to_end().ends_with("\r\n\r\n7"));
}

TEST_F(RestConnection, RefusesABodyBeforeItIsSent) {
    RawClient client{gateway.port()};
    client.send(
        "POST /echo HTTP/1.1\r\nHost: gateway\r\nExpect: 100-continue\r\nContent-Length: 9999999\r\n\r\n");
    EXPECT_TRUE(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 413 "));
}

TEST_F(RestConnection, TakesARoutesOwnBodyLimit) {
    const std::string head = "POST /small HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n";
    EXPECT_TRUE(talk(head + "Content-Length: 10\r\n\r\n[1,2,3,45]").starts_with("HTTP/1.1 200 "));
    EXPECT_TRUE(talk(head + "Content-Length: 11\r\n\r\n[1,2,3,456]").starts_with("HTTP/1.1 413 "));
    EXPECT_TRUE(talk(head + "Transfer-Encoding: chunked\r\n\r\nb\r\n[1,2,3,456]\r\n0\r\n\r\n")
                    .starts_with("HTTP/1.1 413 "));
}

TEST_F(RestConnection, RefusesAHeadThatIsTooLarge) {
    EXPECT_TRUE(
        talk(get("/ping", "X-Long: " + std::string(20'000, 'x') + "\r\n")).starts_with("HTTP/1.1 431 "));
    expect_alive();
}

TEST_F(RestConnection, RefusesWhatIsNoHttp) {
    for (const std::string bytes :
         {"\x16\x03\x01\r\n\r\n",
          "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
          "GET /ping HTTP/1.1\r\n\r\n",
          "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n12",
          "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: "
          "chunked\r\n\r\n0\r\n\r\n"})
        EXPECT_TRUE(talk(bytes).starts_with("HTTP/1.1 400 ")) << bytes;
    expect_alive();
}

TEST_F(ImpatientConnection, EndsARequestWhoseHeadDoesNotCome) {
    RawClient client{gateway.port()};
    client.send("GET /ping HTT");
    EXPECT_TRUE(client.read_to_end().starts_with("HTTP/1.1 408 "));
}

TEST_F(ImpatientConnection, EndsARequestWhoseBodyDoesNotCome) {
    RawClient client{gateway.port()};
    client.send("POST /echo HTTP/1.1\r\nHost: gateway\r\nContent-Length: 5\r\n\r\n12");
    EXPECT_TRUE(client.read_to_end().starts_with("HTTP/1.1 408 "));
}

TEST_F(ImpatientConnection, ClosesAnIdleConnectionWithoutAWord) {
    RawClient client{gateway.port()};
    EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(RestConnection, RefusesUpgradesElsewhereThanPrimus) {
    EXPECT_TRUE(talk(get("/other", websocket_upgrade)).starts_with("HTTP/1.1 404 "));
    for (const std::string path : {"/primus", "/primus/", "/primus/x?y=z"}) {
        RawClient client{gateway.port()};
        client.send(get(path, websocket_upgrade + "Sec-WebSocket-Extensions: permessage-deflate\r\n"));
        const std::string answer = client.read_until("\r\n\r\n");
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 101 ")) << answer;
        EXPECT_EQ(answer.find("permessage-deflate"), std::string::npos);
    }
}

RawClient connected_to(const GatewayProcess& gateway) {
    RawClient client{gateway.port()};
    client.send(get("/primus", websocket_upgrade));
    client.read_until("\r\n\r\n");
    return client;
}

class PrimusConnection : public RestConnection {
protected:
    RawClient connected() { return connected_to(gateway); }
};

TEST_F(PrimusConnection, AnswersTextIgnoresBinaryAndAnswersPings) {
    RawClient client = connected();
    client.send(websocket_frame(2, "\x01\x02") + websocket_frame(9, "hey") +
                text_frame("\"primus::ping::123\""));
    const std::string seen = client.read_until("primus::pong::123");
    EXPECT_NE(seen.find("\x8a\x03hey"), std::string::npos);
}

TEST_F(PrimusConnection, AnswersFramesThatComeWithTheUpgrade) {
    RawClient client{gateway.port()};
    client.send(get("/primus", websocket_upgrade) + text_frame("\"primus::ping::1\"") +
                text_frame("\"primus::ping::2\""));
    EXPECT_NE(client.read_until("primus::pong::2").find("primus::pong::1"), std::string::npos);
    client.send(text_frame("\"primus::ping::3\""));
    EXPECT_NE(client.read_until("primus::pong::3").find("primus::pong::3"), std::string::npos);
}

TEST_F(ImpatientConnection, ClosesNoWebsocketAfterTheIdleTimeoutOfHttp) {
    RawClient client = connected_to(gateway);
    RawClient idle{gateway.port()};
    idle.read_to_end();  // this long
    client.send(text_frame("\"primus::ping::5\""));
    EXPECT_NE(client.read_until("primus::pong::5").find("primus::pong::5"), std::string::npos);
}

TEST_F(PrimusConnection, ClosesWith1009WhenAFrameIsTooLarge) {
    RawClient client = connected();
    std::string head{"\x81\xff\0\0\0\0\x7f\xff\xff\xff\0\0\0\0", 14};
    client.send(head + std::string(100'000, 'x'));
    EXPECT_NE(client.read_until("\x88\x02\x03\xf1").find("\x88\x02\x03\xf1"), std::string::npos);
    expect_alive();
}

TEST_F(PrimusConnection, AnswersACloseAndEnds) {
    RawClient client = connected();
    client.send(websocket_frame(8, "\x03\xe8"));
    EXPECT_TRUE(client.read_to_end().ends_with("\x88\x02\x03\xe8"));
}

TEST_F(PrimusConnection, SurvivesClientsThatVanish) {
    for (int i = 0; i < 50; ++i) {
        RawClient client = connected();
        client.send(text_frame(
            "{\"action\":\"configure-session\",\"eventId\":1,\"data\":{\"protocol\":\"happn_4\"}}"));
        client.close();
    }
    expect_alive();
}

}  // namespace
