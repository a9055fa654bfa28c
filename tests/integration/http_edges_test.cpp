// The edges of HTTP/1.1 (RFC 9112) over real sockets: what two servers could read in two ways is refused and
// never executed, answers keep their order, half-closed and slow clients, and a stop in the middle.
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <csignal>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/gateway_process.hpp"
#include "tests/support/raw_client.hpp"

namespace {

using namespace support;

constexpr const char* routes = R"(
version: 1
routes:
  echo:
    from: { http: "POST /echo" }
    to:   { answer: "{payload}" }
  hidden:
    from: { http: "GET /hidden" }
    to:   { answer: { hidden: true } }
)";

std::size_t count(const std::string& text, std::string_view part) {
    std::size_t n = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size()))
        ++n;
    return n;
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

const std::string get_ping = "GET /ping HTTP/1.1\r\nHost: a\r\n";
const std::string post_echo = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
const std::string smuggled = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string closing = "Connection: close\r\n";

struct Edges {
    explicit Edges(const std::string& more = {})
        : gateway{{.settings = "node: { enabled: true }\nrest: { mesh: node }\n" + more,
                   .mappings = {{"routes.yaml", routes}}}} {}

    std::string talk(const std::string& bytes) const {
        RawClient client{gateway.port()};
        client.send(bytes);
        return client.read_to_end();
    }
    GatewayProcess gateway;
};

// --- smuggling -----------------------------------------------------------------------------------

struct Sample {
    const char* name;
    std::string bytes;  // followed by a request that a second reader could take for one of its own
    std::string status;
};

const std::vector<Sample>& samples() {
    using namespace std::string_literals;
    const std::string post = post_echo;
    static const std::vector<Sample> all{
        {"both a length and a coding",
         post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         "400"},
        {"a coding and a length",
         post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
         "400"},
        {"two lengths that differ", post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n1", "400"},
        {"two equal lengths", post + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n1", "400"},
        {"a list of lengths", post + "Content-Length: 1, 1\r\n\r\n1", "400"},
        {"a signed length", post + "Content-Length: +1\r\n\r\n1", "400"},
        {"a negative length", post + "Content-Length: -1\r\n\r\n1", "400"},
        {"a hexadecimal length", post + "Content-Length: 0x1\r\n\r\n1", "400"},
        {"an endless length", post + "Content-Length: 99999999999999999999999\r\n\r\n1", "400"},
        {"another coding", post + "Transfer-Encoding: gzip\r\n\r\n", "501"},
        {"two codings", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "501"},
        {"chunked twice",
         post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         "400"},
        {"a hidden coding", post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "501"},
        {"a quoted coding", post + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n", "501"},
        {"a coding in HTTP/1.0", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"},
        {"a folded header", post + "X: a\r\n b\r\nContent-Length: 1\r\n\r\n1", "400"},
        {"a folded coding", post + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", "400"},
        {"a header before the first", "GET /ping HTTP/1.1\r\n Host: a\r\n\r\n", "400"},
        {"a blank before the colon", post + "Content-Length : 1\r\n\r\n1", "400"},
        {"a bare line feed", "GET /ping HTTP/1.1\nHost: a\n\n", "400"},
        {"a bare line feed in a header", get_ping + "X: a\nContent-Length: 50\r\n\r\n", "400"},
        {"a bare carriage return", get_ping + "X: a\rContent-Length: 50\r\n\r\n", "400"},
        {"a NUL", get_ping + "X: a\0b\r\n\r\n"s, "400"},
        {"a NUL in the target", "GET /pi\0ng HTTP/1.1\r\nHost: a\r\n\r\n"s, "400"},
        {"a header without a name", get_ping + ": x\r\n\r\n", "400"},
        {"a header without a colon", get_ping + "Nonsense\r\n\r\n", "400"},
        {"two hosts", get_ping + "Host: b\r\n\r\n", "400"},
        {"no host", "GET /ping HTTP/1.1\r\n\r\n", "400"},
        {"a host that is none", "GET /ping HTTP/1.1\r\nHost: a/b\r\n\r\n", "400"},
        {"a target of another host", "GET http://b/ping HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
        {"a target with a user", "GET http://a@b/ping HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
        {"two blanks in the request line", "GET  /ping HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
        {"a request line in two", "GET /ping HTTP/1.1 HTTP/1.1\r\nHost: a\r\n\r\n", "505"},
        {"HTTP/2 in plain", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"},
        {"a chunk size that is none",
         post + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n1\r\n0\r\n\r\n",
         "400"},
        {"a chunk size with a sign", post + "Transfer-Encoding: chunked\r\n\r\n-1\r\n1\r\n0\r\n\r\n", "400"},
        {"a chunk size with 0x", post + "Transfer-Encoding: chunked\r\n\r\n0x1\r\n1\r\n0\r\n\r\n", "400"},
        {"an endless chunk size",
         post + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n1\r\n0\r\n\r\n",
         "400"},
        {"a chunk longer than its size",
         post + "Transfer-Encoding: chunked\r\n\r\n1\r\n123\r\n0\r\n\r\n",
         "400"},
        {"a chunk ended by a bare line feed", post + "Transfer-Encoding: chunked\r\n\r\n1\n1\n0\n\n", "400"},
    };
    return all;
}

TEST(HttpSmuggling, WhatTwoServersCouldReadInTwoWaysIsRefusedAndEndsTheConnection) {
    const Edges edges;
    for (const Sample& sample : samples()) {
        RawClient client{edges.gateway.port()};
        client.send(sample.bytes + smuggled);
        client.shut_sending();
        const std::string answer = client.read_to_end();
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + sample.status + " ")) << sample.name << "\n" << answer;
        EXPECT_EQ(count(answer, "\r\nDate: "), 1U) << sample.name << "\n" << answer;
        EXPECT_FALSE(contains(answer, "hidden\":true")) << sample.name;
    }
    EXPECT_EQ(edges.gateway.route("hidden").matched, 0U);
    EXPECT_EQ(edges.gateway.route("echo").matched, 0U);
}

TEST(HttpEdges, WhatIsUnusualAndClearIsServed) {
    const Edges edges;
    EXPECT_TRUE(edges.talk("\r\n\r\n" + get_ping + closing + "\r\n").ends_with("pong"));
    EXPECT_TRUE(edges.talk("GET http://a/ping HTTP/1.1\r\nHost: A\r\n" + closing + "\r\n").ends_with("pong"));
    EXPECT_TRUE(edges.talk("GET /ping HTTP/1.1\r\nHOST:a\r\nconnection:\t close \r\n\r\n").ends_with("pong"));
    EXPECT_TRUE(edges.talk(get_ping + "X-Empty:\r\n" + closing + "\r\n").ends_with("pong"));
}

TEST(HttpEdges, ChunksMayHaveExtensionsAndTrailersWhichChangeNothing) {
    const Edges edges;
    const std::string answer =
        edges.talk(post_echo +
                   "Transfer-Encoding: CHUNKED\r\n\r\n2;name=\"a;b\"\r\n[1\r\n00002\r\n,2\r\n1\r\n]\r\n"
                   "0\r\nX-Trailer: 1\r\nHost: other\r\n\r\n" +
                   get_ping + closing + "\r\n");
    EXPECT_TRUE(contains(answer, "\r\n\r\n[1,2]")) << answer;
    EXPECT_TRUE(answer.ends_with("pong"));
}

TEST(HttpEdges, ABodyOfEndlessChunkFramesIsRefused) {
    const Edges edges;
    std::string body;
    for (int i = 0; i < 100; ++i)
        body += "1;" + std::string(4000, 'x') + "\r\n1\r\n";
    EXPECT_TRUE(
        edges.talk(post_echo + "Transfer-Encoding: chunked\r\n\r\n" + body).starts_with("HTTP/1.1 413 "));
}

TEST(HttpEdges, OnlyOneExpectationIsKnown) {
    const Edges edges;
    EXPECT_TRUE(edges.talk(post_echo + "Expect: miracles\r\nContent-Length: 1\r\n\r\n1")
                    .starts_with("HTTP/1.1 417 "));
    const std::string at_once =
        edges.talk(post_echo + "Expect: 100-Continue\r\nContent-Length: 1\r\n" + closing + "\r\n1");
    EXPECT_TRUE(at_once.ends_with("\r\n\r\n1")) << at_once;
    const std::string old = edges.talk(
        "POST /echo HTTP/1.0\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: "
        "1\r\n\r\n1");
    EXPECT_FALSE(contains(old, "100 Continue"));
}

TEST(HttpEdges, AClientThatShutsItsSendingSideGetsAllItsAnswers) {
    const Edges edges;
    RawClient client{edges.gateway.port()};
    std::string requests;
    for (int i = 0; i < 50; ++i)
        requests += post_echo + "Content-Length: " + std::to_string(std::to_string(i).size()) + "\r\n\r\n" +
                    std::to_string(i);
    client.send(requests);
    client.shut_sending();
    const std::string answers = client.read_to_end();
    std::size_t at = 0;
    for (int i = 0; i < 50; ++i) {
        at = answers.find("\r\n\r\n" + std::to_string(i), at);
        ASSERT_NE(at, std::string::npos) << "answer " << i;
        ++at;
    }
    EXPECT_EQ(count(answers, "HTTP/1.1 200 "), 50U);
}

TEST(HttpEdges, HalfARequestIsNotExecuted) {
    const Edges edges;
    RawClient client{edges.gateway.port()};
    client.send(post_echo + "Content-Length: 10\r\n\r\n[1,");
    client.shut_sending();
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_EQ(edges.gateway.route("echo").matched, 0U);
}

TEST(HttpEdges, ALargeBodyIsRefusedBeforeItIsReadAndTheAnswerArrives) {
    const Edges edges;
    RawClient client{edges.gateway.port()};
    client.send(post_echo + "Content-Length: 50000000\r\n\r\n" + std::string(500'000, '1'));
    EXPECT_TRUE(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 413 "));
}

// --- slow clients --------------------------------------------------------------------------------

/// Sends a byte now and then until the connection ends: a slowloris. Its answer.
std::string dribble(std::uint16_t port, const std::string& start, char more) {
    RawClient client{port};
    client.send(start);
    std::atomic<bool> ended{false};
    std::thread sender{[&] {
        while (!ended) {
            client.send({&more, 1});
            std::this_thread::sleep_for(std::chrono::milliseconds{20});  // its pace, not a wait for anything
        }
    }};
    std::string answer = client.read_to_end();
    ended = true;
    sender.join();
    return answer;
}

TEST(SlowClients, AHeadThatDribblesIn) {
    const Edges edges{"timeouts: { header: 300ms }\n"};
    EXPECT_TRUE(dribble(edges.gateway.port(), get_ping + "X-Slow: ", 'x').starts_with("HTTP/1.1 408 "));
}

TEST(SlowClients, ABodyThatDribblesIn) {
    const Edges edges{"timeouts: { body: 300ms }\n"};
    EXPECT_TRUE(dribble(edges.gateway.port(), post_echo + "Content-Length: 1000000\r\n\r\n\"", 'x')
                    .starts_with("HTTP/1.1 408 "));
}

TEST(SlowClients, EmptyLinesThatDribbleIn) {
    const Edges edges{"timeouts: { header: 300ms }\n"};
    RawClient client{edges.gateway.port()};
    client.send("\r\n");
    EXPECT_TRUE(client.read_to_end().starts_with("HTTP/1.1 408 "));
}

// --- many at once --------------------------------------------------------------------------------

/// How many of a client's answers are not its own, or not in their order.
int wrong_answers(std::uint16_t port, int client) {
    int wrong = 0;
    for (int round = 0; round < 10; ++round) {
        std::string requests;
        std::vector<std::string> bodies;
        for (int i = 0; i < 5; ++i) {
            bodies.push_back("[" + std::to_string(client) + "," + std::to_string(round) + "," +
                             std::to_string(i) + "]");
            requests += post_echo + "Content-Length: " + std::to_string(bodies.back().size()) + "\r\n" +
                        (i == 4 ? closing : "") + "\r\n" + bodies.back();
        }
        RawClient connection{port};
        connection.send(requests);
        const std::string answers = connection.read_to_end();
        std::size_t at = 0;
        for (const std::string& body : bodies) {
            at = answers.find("\r\n\r\n" + body, at);
            if (at == std::string::npos) break;
            ++at;
        }
        wrong += at == std::string::npos || count(answers, "HTTP/1.1 200 ") != bodies.size() ? 1 : 0;
    }
    return wrong;
}

TEST(HttpLoad, EveryClientGetsItsOwnAnswersWhileMappingsReload) {
    Edges edges;
    std::vector<std::future<int>> clients;
    for (int i = 0; i < 64; ++i)
        clients.push_back(std::async(std::launch::async, wrong_answers, edges.gateway.port(), i));
    int wrong = 0;
    for (auto& client : clients) {
        edges.gateway.process().signal(SIGHUP);
        wrong += client.get();
    }
    EXPECT_EQ(wrong, 0);
    edges.gateway.process().wait_for_line("reloaded:");
    EXPECT_EQ(edges.gateway.route("echo").matched, 64U * 10 * 5);
}

// --- a stop in the middle ------------------------------------------------------------------------

constexpr const char* held_route = R"(
version: 1
routes:
  held: { from: { http: "GET /held" }, to: { call: testTools/callCount } }
)";

TEST(HttpDrain, ARequestUnderWayIsAnsweredAndTellsThoseBehindItThatTheConnectionCloses) {
    JsMesh mesh;
    GatewayProcess gateway{{.settings = mesh_settings(mesh), .mappings = {{"routes.yaml", held_route}}}};
    mesh.freeze();
    std::string requests = "GET /held HTTP/1.1\r\nHost: a\r\n\r\n";
    for (int i = 0; i < 20; ++i)
        requests += get_ping + "\r\n";
    RawClient client{gateway.port()};
    client.send(requests);
    ASSERT_TRUE(eventually([&] { return gateway.route("held").pending == 1; }));
    auto stopped = std::async(std::launch::async, [&] { gateway.stop(InFlight::something); });
    gateway.process().wait_for_line("draining");
    mesh.thaw();
    const std::string answers = client.read_to_end();
    stopped.get();
    const auto answered = count(answers, "HTTP/1.1 200 ");
    EXPECT_GE(answered, 1U) << answers;
    EXPECT_EQ(count(answers, "HTTP/1.1 "), answered) << answers;
    EXPECT_EQ(count(answers, "Connection: close"), 1U) << answers;
    EXPECT_GT(answers.find("Connection: close"), answers.rfind("HTTP/1.1 ")) << "the last of them says so";
}

}  // namespace
