// A connection over a stream in memory: the same bytes give the same answers however they are sliced.
#include "adapters/rest/http_connection.hpp"

#include <gtest/gtest.h>

#include "tests/unit/rest/connection_test_base.hpp"

namespace rest {
namespace {

const std::string conversation =
    "GET /ping HTTP/1.1\r\nHost: a\r\n\r\n"
    "POST /rest/method/componentName/methodName HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    "Transfer-Encoding: "
    "chunked\r\n\r\n10\r\n{\"parameters\":{\"\r\n10;x=y\r\na\":1,\"b\":\"two\"}}\r\n0\r\nT: r\r\n\r\n"
    "HEAD /version HTTP/1.1\r\nHost: a\r\n\r\n"
    "GET /nosuch HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    "GET /ping HTTP/1.1\r\nHost: a\r\n\r\n";

TEST_F(HttpConnectionTest, AnswersUntilOneOfThemCloses) {
    const std::string answers = talk({conversation});
    EXPECT_EQ(answers.find("pong"), answers.rfind("pong"));
    EXPECT_NE(answers.find(R"({"a":1,"b":"two"})"), std::string::npos) << answers;
    EXPECT_NE(answers.find("Connection: close"), std::string::npos);
}

TEST_F(HttpConnectionTest, EverySlicingGivesTheSameAnswers) {
    const std::string whole = talk({conversation});
    for (std::size_t at = 1; at < conversation.size(); ++at)
        ASSERT_EQ(talk({conversation.substr(0, at), conversation.substr(at)}), whole) << "cut at " << at;
    std::deque<std::string> bytes;
    for (const char c : conversation)
        bytes.emplace_back(1, c);
    EXPECT_EQ(talk(bytes), whole);
}

TEST_F(HttpConnectionTest, APageThatMayReadTheRouteReadsWhatTheConnectionItselfSays) {
    auto route = gateway::http_to_happn_get("put", "PUT", "/d/{x}", "/d/{x}");
    auto& source = std::get<gateway::HttpSource>(route.source);
    source.origins = {"https://app.example"};
    source.max_body = 10;
    use({std::move(route)});
    const auto put = [](const std::string& origin) {
        return "PUT /d/1 HTTP/1.1\r\nHost: a\r\nOrigin: " + origin + "\r\nContent-Length: 11\r\n\r\n";
    };
    const std::string allowed = "Access-Control-Allow-Origin: https://app.example\r\n";
    const std::string refusal = talk({put("https://app.example")});
    EXPECT_TRUE(refusal.starts_with("HTTP/1.1 413 ")) << refusal;
    EXPECT_NE(refusal.find(allowed), std::string::npos) << refusal;
    EXPECT_EQ(talk({put("https://evil.example")}).find("Access-Control"), std::string::npos);
}

TEST_F(HttpConnectionTest, EveryRequestCountsForItsClientAlsoAnUpgrade) {
    door.clients = {.requests = 1, .burst = 1};
    const std::string upgrade =
        "GET /primus HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    const std::string answers = talk({"GET /ping HTTP/1.1\r\nHost: a\r\n\r\n", upgrade});
    EXPECT_NE(answers.find("HTTP/1.1 429 "), std::string::npos) << answers;
}

TEST_F(HttpConnectionTest, AnUpgradeWithABodyIsRefusedAsItsBytesWouldBecomeFrames) {
    const std::string answers =
        talk({"GET /primus HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
              "Content-Length: 4\r\n\r\nabcd"});
    EXPECT_TRUE(answers.starts_with("HTTP/1.1 400 ")) << answers;
}

std::string waiting(const std::string& line, const std::string& headers = {}) {
    return line + " HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n" + headers + "\r\n";
}

const std::string json_body = "Content-Type: application/json\r\n";

class ABodyThatWaits : public HttpConnectionTest {
protected:
    ABodyThatWaits() {
        auto open = answering("open", "/open/{x}");
        std::get<gateway::HttpSource>(open.source).auth = gateway::HttpSource::Auth::none;
        use({answering("put", "/d/{x}"), std::move(open)});
    }

    static gateway::Route answering(const std::string& name, std::string_view path) {
        auto route = gateway::http_to_happn_get(name, "PUT", path, "/d/{x}");
        route.targets.front().rule =
            gateway::AnswerTarget{gateway::ObjectMap{gateway::Value::json(gateway::Bytes::literal("1"))}};
        return route;
    }

    /// The statuses of all that is answered to a head, and to a body after it.
    std::string statuses(const std::string& head) {
        const std::string answers = talk({head, "{}"});
        std::string found;
        const std::regex line{"HTTP/1.1 ([0-9]+)"};
        for (std::sregex_iterator at{answers.begin(), answers.end(), line}, end; at != end; ++at)
            found += (found.empty() ? "" : " ") + (*at)[1].str();
        return found;
    }
};

TEST_F(ABodyThatWaits, IsAskedForWhereItMatters) {
    EXPECT_EQ(statuses(waiting("POST /rest/method/componentName/methodName", json_body)), "100 200");
    EXPECT_EQ(statuses(waiting("POST /rest/login", json_body)), "100 401");
    EXPECT_EQ(statuses(waiting("POST /ping")), "100 200");
}

TEST_F(ABodyThatWaits, IsNotAskedForWhereTheHeadIsRefused) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {waiting("PUT /nosuch"), "404"},
        {waiting("POST /d/1"), "405"},
        {waiting("POST /openapi.json"), "405"},
        {waiting("PUT /d/1", "Content-Type: text/plain\r\n"), "415"},
        {waiting("PUT /d/1", json_body + "Content-Encoding: gzip\r\n"), "415"},
        {waiting("PUT /d/1", json_body + "Accept: image/png\r\n"), "406"},
        {waiting("PUT /d/1", json_body + "Origin: http://evil.example\r\n"), "403"},
        {waiting("POST /rest/nosuch"), "404"},
        {waiting("POST /rest/method/security/addUser"), "403"},
        {waiting("POST /rest/method/a/b/c/d/e"), "400"},
        {waiting("POST /rest/method/componentName/methodName", "Origin: http://evil.example\r\n"), "403"},
        {waiting("POST /auth/logout"), "404"},
        {waiting("POST /primus"), "426"},
        {waiting("POST /browser_client"), "501"},
    };
    for (const auto& [head, status] : cases)
        EXPECT_EQ(statuses(head), status) << head;
}

TEST_F(ABodyThatWaits, IsNotAskedForWhereASecureMeshWantsAToken) {
    make_secure();
    EXPECT_EQ(statuses(waiting("PUT /d/1", json_body)), "401");
    EXPECT_EQ(statuses(waiting("POST /rest/method/componentName/methodName", json_body)), "403");
    EXPECT_EQ(statuses(waiting("POST /rest/describe")), "401");
    EXPECT_EQ(statuses(waiting("PUT /open/1", json_body)), "100 200");
}

TEST_F(ABodyThatWaits, IsNotAskedForByANameThatTheGatewayDoesNotAnswerTo) {
    const std::string head = "PUT /d/1 HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 2\r\n";
    EXPECT_EQ(statuses(head + json_body + "Expect: 100-continue\r\n\r\n"), "421");
}

TEST_F(ABodyThatWaits, MayOnlyWaitForTheGoAhead) {
    const std::string call = "POST /rest/method/componentName/methodName";
    EXPECT_EQ(statuses(waiting(call, json_body + "Expect: 100-Continue, ,100-continue\r\n")), "100 200");
    EXPECT_EQ(statuses(waiting(call, json_body + "Expect: miracles\r\n")), "417");
    EXPECT_EQ(statuses(waiting(call, json_body + "Expect: 100-continue, miracles\r\n")), "417");
}

const std::string trailing =
    "POST /rest/method/componentName/methodName HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n";

TEST_F(HttpConnectionTest, ATrailerChangesNothing) {
    for (const char* trailer : {"Connection: close", "Content-Length: 99", "Transfer-Encoding: chunked"}) {
        const std::string answers =
            talk({trailing + trailer + "\r\n\r\nGET /ping HTTP/1.1\r\nHost: a\r\n\r\n"});
        EXPECT_TRUE(answers.starts_with("HTTP/1.1 200 ")) << trailer << "\n" << answers;
        EXPECT_TRUE(answers.ends_with("pong")) << trailer << "\n" << answers;
    }
}

TEST_F(HttpConnectionTest, AFoldedTrailerIsRefusedAsAFoldedHeaderIs) {
    EXPECT_TRUE(talk({trailing + "X: a\r\n b\r\n\r\n"}).starts_with("HTTP/1.1 400 "));
}

class NodeThatIsNotAsked final : public gateway::WebsocketAcceptor {
public:
    std::unique_ptr<gateway::WebsocketPeer> open(gateway::WebsocketLink&,
                                                 const gateway::UpgradeRequest&) override {
        ADD_FAILURE() << "a websocket was opened";
        return nullptr;
    }
    std::size_t max_frame_bytes() const override { return 1024; }
};

/// An upgrade for the node, and what is answered.
class Handshakes : public HttpConnectionTest {
protected:
    Handshakes() { node = &not_asked; }
    std::string answer(const std::string& version,
                       const std::string& headers =
                           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                           "Sec-WebSocket-Version: 13\r\n") {
        return talk({"GET /primus HTTP/" + version +
                     "\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" + headers + "\r\n"});
    }
    NodeThatIsNotAsked not_asked;
};

TEST_F(Handshakes, AreNotOfHttp10) {
    const std::string refusal = answer("1.0");
    EXPECT_TRUE(refusal.starts_with("HTTP/1.1 426 ")) << refusal;
    EXPECT_NE(refusal.find("\r\nConnection: close, upgrade\r\n"), std::string::npos) << refusal;
}

TEST_F(Handshakes, NeedAKeyOf16Bytes) {
    for (const char* key : {"", "Sec-WebSocket-Key: abc\r\n", "Sec-WebSocket-Key: dGhlIHNhbXBsZQ==\r\n"}) {
        const std::string refusal = answer("1.1", std::string{key} + "Sec-WebSocket-Version: 13\r\n");
        EXPECT_TRUE(refusal.starts_with("HTTP/1.1 400 ")) << refusal;
        EXPECT_NE(refusal.find("\r\nDate: "), std::string::npos) << refusal;
        EXPECT_NE(refusal.find("\r\nContent-Type: application/problem+json\r\n"), std::string::npos);
    }
}

TEST_F(Handshakes, AreOfOneVersionWhichARefusalNames) {
    const std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    for (const std::string& version : {std::string{}, std::string{"Sec-WebSocket-Version: 12\r\n"}}) {
        const std::string refusal = answer("1.1", key + version);
        EXPECT_TRUE(refusal.starts_with("HTTP/1.1 426 ")) << refusal;
        for (const char* header : {"Date: now", "Sec-WebSocket-Version: 13", "Upgrade: websocket"})
            EXPECT_NE(refusal.find("\r\n" + std::string{header} + "\r\n"), std::string::npos) << refusal;
        EXPECT_NE(refusal.find("\r\nConnection: close, upgrade\r\n"), std::string::npos) << refusal;
    }
}

TEST_F(HttpConnectionTest, WhoHasWhatTheAnswerWouldBeIsToldOfTheSameVariants) {
    door.compression.minimum = 1;
    const auto field = [](const std::string& answer, const std::string& name) {
        const auto at = answer.find("\r\n" + name + ": ");
        return at == std::string::npos ? "none" : answer.substr(at, answer.find("\r\n", at + 2) - at);
    };
    const std::string get = "GET /openapi.json HTTP/1.1\r\nHost: a\r\n";
    const std::string whole = talk({get + "\r\n"});
    const std::string tag = field(whole, "ETag").substr(std::string_view{"\r\nETag: "}.size());
    const std::string known = talk({get + "If-None-Match: " + tag + "\r\n\r\n"});
    EXPECT_TRUE(known.starts_with("HTTP/1.1 304 ")) << known;
    EXPECT_TRUE(known.ends_with("\r\n\r\n")) << "and no body: " << known;
    EXPECT_NE(field(whole, "Vary").find("Accept-Encoding"), std::string::npos) << whole.substr(0, 500);
    EXPECT_EQ(field(known, "Vary"), field(whole, "Vary"));
}

TEST_F(HttpConnectionTest, OptionsOfNothingInParticularAreThoseOfTheServer) {
    const std::string closing = " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    for (const char* line : {"OPTIONS *", "OPTIONS http://a"}) {
        const std::string answer = talk({line + closing});
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 204 ")) << answer;
        EXPECT_NE(answer.find("\r\nAllow: GET, HEAD, POST"), std::string::npos) << answer;
    }
    EXPECT_TRUE(talk({"GET *" + closing}).starts_with("HTTP/1.1 400 "));
}

TEST_F(HttpConnectionTest, AHeadAsLargeAsTheLimitIsServedAndOneByteMoreIsNot) {
    const std::string rest = "GET /ping HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n";
    const auto of_size = [&](std::size_t size) {
        return "GET /ping HTTP/1.1\r\nHost: a\r\nX: " + std::string(size - rest.size(), 'x') + "\r\n\r\n";
    };
    EXPECT_TRUE(talk({of_size(settings.limits.http_header)}).starts_with("HTTP/1.1 200 "));
    EXPECT_TRUE(talk({of_size(settings.limits.http_header + 1)}).starts_with("HTTP/1.1 431 "));
}

}  // namespace
}  // namespace rest
