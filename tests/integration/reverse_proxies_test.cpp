// The gateway behind the proxies that people put in front of it, configured as docs/listeners.md shows: a
// real nginx, which speaks TLS and HTTP, and a real haproxy, which passes connections on. Clients have
// addresses of their own in 127.0.0.0/8.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/integration/curl.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/gateway_process.hpp"
#include "tests/support/haproxy.hpp"
#include "tests/support/js_peer.hpp"
#include "tests/support/markdown.hpp"
#include "tests/support/nginx.hpp"
#include "tests/support/sum_rule.hpp"
#include "tests/tree/tree.hpp"

namespace {

using namespace support;
using nlohmann::json;
using testing::HasSubstr;

constexpr const char* routes = R"(
version: 1
routes:
  who: { from: { http: "GET /who" }, to: { answer: { ip: "{in.ip}" } } }
  put: { from: { http: "PUT /values/{name}" }, to: { happn: "set /values/{name}" } }
  watch: { from: { http: "GET /events" }, to: { stream: { happn: "on /values/*" }, heartbeat: 1s } }
  echo: { from: { http: "POST /echo" }, to: { answer: "{payload}" } }
)";

const std::string node = "node: { enabled: true }\nrest: { mesh: node }\n";

/// The one example of this kind in the documentation, with the values of a test in place of those shown.
std::string documented(const std::string& kind,
                       const std::vector<std::pair<std::string, std::string>>& instead) {
    std::string text;
    for (const CodeBlock& block : code_blocks(read_file(source_tree("docs/listeners.md"))))
        if (block.kind == kind) text += block.text();
    for (const auto& [shown, own] : instead) {
        const auto at = text.find(shown);
        if (at == std::string::npos) throw WaitFailed("the example of " + kind + " has no " + shown);
        text.replace(at, shown.size(), own);
    }
    return text;
}

std::string local(std::uint16_t port) {
    return "127.0.0.1:" + std::to_string(port);
}

class BehindAProxy : public testing::Test {
protected:
    std::string url(const std::string& path) const {
        return "https://localhost:" + std::to_string(port) + path;
    }
    /// As a client of this address.
    std::string curl(const std::string& path, std::vector<std::string> more = {}) const {
        std::vector<std::string> arguments{"curl", "-sS", "--max-time", "20", "--ipv4"};
        arguments.insert(arguments.end(), {"--cacert", authority.certificate(), "--interface", address});
        arguments.insert(arguments.end(), more.begin(), more.end());
        arguments.push_back(url(path));
        Process process{{.arguments = arguments}};
        EXPECT_EQ(process.wait(), 0) << process.printed();
        std::string answer = process.output();
        if (answer.ends_with('\n')) answer.pop_back();  // of the last line, which need not have had one
        return answer;
    }
    Curl reader(const std::string& path, std::vector<std::string> more = {}) const {
        more.insert(more.end(), {"--cacert", authority.certificate(), "--ipv4"});
        return Curl{url(path), std::move(more)};
    }
    /// Of the answer to a page of this origin that wants to open a websocket.
    std::string status_of_websocket(const std::string& path, const std::string& origin) const {
        std::vector<std::string> options{"-v", "--http1.1"};
        for (const char* header : {"Connection: Upgrade",
                                   "Upgrade: websocket",
                                   "Sec-WebSocket-Version: 13",
                                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="})
            options.insert(options.end(), {"-H", header});
        options.insert(options.end(), {"-H", "Origin: " + origin});
        return reader(path, options).wait_for("< HTTP/1.1 ").substr(11, 3);
    }

    const std::string address = "127.0.0.9";
    CertificateAuthority authority;
    CertificateFiles certificate = authority.issue("localhost");
    std::uint16_t port = free_port();
};

// --- nginx -----------------------------------------------------------------------------------------

class BehindNginx : public BehindAProxy {
protected:
    explicit BehindNginx(const std::string& trusted = "127.0.0.1")
        : gateway{{.settings = node + "log: { level: info, format: text, access: true }\n" +
                               "proxies: { trusted: [\"" + trusted + "\"] }\n",
                   .mappings = {{"routes.yaml", routes}}}} {}

    GatewayProcess gateway;
    Nginx nginx{documented("nginx",
                           {{"127.0.0.1:8080", local(gateway.port())},
                            {"listen 443", "listen " + local(port)},
                            {"/etc/ssl/certs/gateway.pem", certificate.certificate},
                            {"/etc/ssl/private/gateway.key", certificate.key}})};
};

class BehindAnNginxThatIsNotTrusted : public BehindNginx {
protected:
    BehindAnNginxThatIsNotTrusted() : BehindNginx{"10.0.0.0/8"} {}
};

TEST_F(BehindNginx, TheClientsOwnAddressCountsAndIsInTheAccessLog) {
    EXPECT_EQ(curl("/who"), R"({"ip":"127.0.0.9"})");
    const auto line = gateway.process().wait_for_line("path=/who status=200");
    EXPECT_THAT(line, HasSubstr("client=127.0.0.9 id="));
    EXPECT_THAT(line, testing::ContainsRegex("id=[0-9a-f]{32}")) << "nginx has given the request its number";
    EXPECT_EQ(curl("/who", {"-H", "X-Forwarded-For: 6.6.6.6"}), R"({"ip":"127.0.0.9"})")
        << "whatever a client claims";
}

TEST_F(BehindAnNginxThatIsNotTrusted, ItsWordCountsForNothing) {
    EXPECT_EQ(curl("/who"), R"({"ip":"127.0.0.1"})");
    const auto line = gateway.process().wait_for_line("path=/who status=200");
    EXPECT_THAT(line, HasSubstr("client=127.0.0.1 "));
    EXPECT_EQ(status_of_websocket("/events", "https://localhost:" + std::to_string(port)), "403")
        << "nor as to the host that the browser has asked";
}

TEST_F(BehindNginx, PagesOfTheProxysOriginAreOfTheSameOriginAndOthersAreNot) {
    const std::string host = "localhost:" + std::to_string(port);
    for (const std::string path : {"/events", "/primus"}) {
        EXPECT_EQ(status_of_websocket(path, "https://" + host), "101") << path;
        EXPECT_EQ(status_of_websocket(path, "http://" + host), "403") << path;
        EXPECT_EQ(status_of_websocket(path, "https://" + local(gateway.port())), "403") << path;
        EXPECT_EQ(status_of_websocket(path, "https://other.example"), "403") << path;
    }
}

TEST_F(BehindNginx, AStreamIsNotHeldBackAndEndsWithItsReader) {
    {
        Curl events = reader("/events");
        events.wait_for(":");
        curl("/values/a", {"-X", "PUT", "-H", "Content-Type: application/json", "-d", "17"});
        EXPECT_EQ(events.next_data(), 17);
        EXPECT_EQ(gateway.route("watch").pending, 1U);
    }
    EXPECT_TRUE(eventually([&] { return gateway.route("watch").pending == 0; }));
}

TEST_F(BehindNginx, AHappnClientSpeaksOverWss) {
    JsClient client{"happn-3@13.12.1"};
    client.finish(
        client.start({{"command", "connect"}, {"host", "localhost"}, {"port", port}, {"tls", true}}));
    const int subscription = client.on("/values/*");
    curl("/values/a", {"-X", "PUT", "-H", "Content-Type: application/json", "-d", "{\"n\":5}"});
    EXPECT_EQ(client.wait_message(subscription).at("data").at("n"), 5);
    client.set("/large", {{"text", std::string(300'000, 'x')}});
    EXPECT_EQ(client.get("/large").at("text").get<std::string>().size(), 300'000U);
    client.disconnect();
}

TEST_F(BehindNginx, ABodyAsLargeAsTheGatewayTakesComesThroughWhole) {
    TemporaryDirectory directory;
    const std::string body = "\"" + std::string(1'000'000, 'x') + "\"";
    const auto file = directory.write("large.json", body);
    const std::string answer =
        curl("/echo", {"-H", "Content-Type: application/json", "--data-binary", "@" + file.string()});
    EXPECT_EQ(answer.size(), 1'000'000U);
}

// --- haproxy ---------------------------------------------------------------------------------------

/// It passes TLS on to a listener that takes the PROXY protocol in this version.
class BehindHaproxy : public BehindAProxy, public testing::WithParamInterface<const char*> {
protected:
    BehindHaproxy()
        : gateway{{.settings = node + "log: { level: info, format: text, access: true }\n" +
                               "proxies: { trusted: [\"127.0.0.1\"] }\nlisten:\n  - { address: \"" +
                               local(inner) + "\", proxy_protocol: true, tls: { certificate: \"file:" +
                               certificate.certificate + "\", key: \"file:" + certificate.key + "\" } }\n",
                   .mappings = {{"routes.yaml", routes}}}} {}

    std::uint16_t inner = free_port();
    GatewayProcess gateway;
    Haproxy haproxy{documented("haproxy",
                               {{"bind :443", "bind " + local(port)},
                                {"127.0.0.1:8443", local(inner)},
                                {"port 9090", "port " + std::to_string(gateway.admin_port())},
                                {"send-proxy-v2", GetParam()}}),
                    port};
};

INSTANTIATE_TEST_SUITE_P(Versions,
                         BehindHaproxy,
                         testing::Values("send-proxy", "send-proxy-v2"),
                         [](const auto& tested) { return tested.index == 0 ? "Version1" : "Version2"; });

TEST_P(BehindHaproxy, TheGatewaysOwnCertificateIsSeenAndTheClientsOwnAddressCounts) {
    EXPECT_EQ(curl("/who"), R"({"ip":"127.0.0.9"})");
    EXPECT_THAT(gateway.process().wait_for_line("path=/who status=200"), HasSubstr("client=127.0.0.9 "));
    EXPECT_EQ(curl("/who", {"-H", "X-Forwarded-For: 6.6.6.6"}), R"({"ip":"127.0.0.9"})")
        << "whatever a client claims";
    EXPECT_EQ(metric(gateway.metrics(), "happn_gateway_proxy_headers_refused_total"), 0);
    EXPECT_EQ(haproxy.process().printed().find("is DOWN"), std::string::npos);
}

TEST_P(BehindHaproxy, PagesOfItsOriginAreOfTheSameOriginAndOthersAreNot) {
    const std::string host = "localhost:" + std::to_string(port);
    EXPECT_EQ(status_of_websocket("/events", "https://" + host), "101");
    EXPECT_EQ(status_of_websocket("/events", "http://" + host), "403");
    EXPECT_EQ(status_of_websocket("/events", "https://other.example"), "403");
}

TEST_P(BehindHaproxy, StreamsAndHappnClientsGoThrough) {
    Curl events = reader("/events");
    events.wait_for(":");
    JsClient happn{"happn-3@13.12.1"};
    happn.finish(happn.start({{"command", "connect"}, {"host", "localhost"}, {"port", port}, {"tls", true}}));
    happn.set("/values/a", {{"n", 5}});
    EXPECT_EQ(events.next_data().at("n"), 5);
    happn.disconnect();
}

TEST(HaproxysChecks, TakeAGatewayThatIsNotReadyOutOfService) {
    const GatewayProcess gateway{
        {.settings = "meshes: { site: { url: \"ws://" + local(free_port()) + "\" } }\n", .mappings = {}},
        StartUntil::listening};
    const std::uint16_t port = free_port();
    Haproxy haproxy{documented("haproxy",
                               {{"bind :443", "bind " + local(port)},
                                {"127.0.0.1:8443", local(gateway.port())},
                                {"port 9090", "port " + std::to_string(gateway.admin_port())}}),
                    port};
    haproxy.process().wait_for_line("gateway1 is DOWN, reason: Layer7 wrong status, code: 503");
}

}  // namespace
