// How the listeners take connections: TLS and its certificates, proxies in front, shares of one client,
// compression, the access log. With curl and a real happn client.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/certificates.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/gateway_process.hpp"
#include "tests/support/js_peer.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/tree/tree.hpp"

namespace {

using namespace support;
namespace fs = std::filesystem;

constexpr const char* routes = R"(
version: 1
routes:
  echo:
    from: { http: "POST /echo" }
    to:   { answer: "{payload}" }
  who:
    from: { http: "GET /who" }
    to:   { answer: { ip: "{in.ip}" } }
)";

const std::string node = "node: { enabled: true }\nrest: { mesh: node }\n";
const std::string ping = "GET /ping HTTP/1.1\r\nHost: gateway\r\n";

std::string curl(const std::string& arguments) {
    Process process{{.arguments = {"sh", "-c", "curl -sS --max-time 20 " + arguments + " 2>&1"}}};
    process.wait();
    std::string printed = process.output();
    if (printed.ends_with('\n')) printed.pop_back();  // of the last line, which need not have had one
    return printed;
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

double metric(const GatewayProcess& gateway, const std::string& name) {
    const std::string text = gateway.metrics();
    const std::string key = "\nhappn_gateway_" + name + " ";
    const auto at = text.find(key);
    return at == std::string::npos ? 0 : std::stod(text.substr(at + key.size()));
}

/// A listener with TLS beside a plain one; its files are the test's to change.
class TlsListener : public testing::Test {
protected:
    explicit TlsListener(const std::string& more = {}, const std::string& sections = {}) {
        install(authority.issue("localhost"));
        gateway.emplace(GatewayFiles{.settings = node + sections +
                                                 "listen:\n  - \"127.0.0.1:" + std::to_string(plain) +
                                                 "\"\n  - { address: \"127.0.0.1:" + std::to_string(port) +
                                                 "\", tls: { certificate: \"file:" + certificate +
                                                 "\", key: \"file:" + key + "\"" + more_of(more) + " } }\n",
                                     .mappings = {{"routes.yaml", routes}}});
    }

    std::string more_of(const std::string& more) const {
        return more.empty() ? more : ", " + more + ": \"file:" + authority.certificate() + "\"";
    }

    void install(const CertificateFiles& files) {
        fs::copy_file(files.certificate, certificate, fs::copy_options::overwrite_existing);
        fs::copy_file(files.key, key, fs::copy_options::overwrite_existing);
    }

    std::string url(const std::string& path, const std::string& name = "localhost") const {
        return "https://" + name + ":" + std::to_string(port) + path;
    }
    std::string trusting(const std::string& name = "localhost") const {
        return "--cacert " + authority.certificate() + " --resolve " + name + ":" + std::to_string(port) +
               ":127.0.0.1 ";
    }
    std::string serial() const {
        Process process{{.arguments = {"sh",
                                       "-c",
                                       "openssl s_client -connect 127.0.0.1:" + std::to_string(port) +
                                           " </dev/null 2>/dev/null | openssl x509 -noout -serial"}}};
        process.wait();
        return process.output();
    }

    CertificateAuthority authority;
    TemporaryDirectory directory;
    std::string certificate = (directory.path() / "server.pem").string();
    std::string key = (directory.path() / "server.key").string();
    std::uint16_t plain = free_port(), port = free_port();
    std::optional<GatewayProcess> gateway;
};

TEST_F(TlsListener, ServesHttpsToAClientThatKnowsItsAuthorityAndToNoOther) {
    EXPECT_EQ(curl(trusting() + url("/ping")), "pong");
    EXPECT_TRUE(contains(curl(url("/ping")), "certificate"));
    EXPECT_EQ(curl("http://127.0.0.1:" + std::to_string(plain) + "/ping"), "pong");
}

TEST_F(TlsListener, SpeaksHttp11AndTls12AtLeast) {
    EXPECT_TRUE(contains(curl("-v --http2 " + trusting() + url("/ping")), "ALPN: server accepted http/1.1"));
    EXPECT_EQ(curl("--tls-max 1.2 " + trusting() + url("/ping")), "pong");
    EXPECT_TRUE(contains(curl("--tls-max 1.1 --ciphers DEFAULT@SECLEVEL=0 " + trusting() + url("/ping")),
                         "alert protocol version"));
}

TEST_F(TlsListener, AnswersALargeBodyWhole) {
    const auto body = directory.write("large.json", "\"" + std::string(900'000, 'x') + "\"");
    const std::string answer = curl("-H 'Content-Type: application/json' --data-binary @" + body.string() +
                                    " " + trusting() + url("/echo"));
    EXPECT_EQ(answer.size(), 900'000U);
}

TEST_F(TlsListener, RefusesALargeBodySoThatTheClientReadsWhy) {
    const auto body = directory.write("large.json", std::string(3'000'000, 'x'));
    EXPECT_THAT(curl("-i -H Expect: -H 'Content-Type: application/json' --data-binary @" + body.string() +
                     " " + trusting() + url("/echo")),
                testing::HasSubstr("413 "));
}

TEST_F(TlsListener, ServesARealHappnClientOverWss) {
    JsClient client{"happn-3@13.12.1"};
    client.finish(
        client.start({{"command", "connect"}, {"host", "localhost"}, {"port", port}, {"tls", true}}));
    client.set("/over/tls", {{"n", 1}});
    EXPECT_EQ(client.get("/over/tls").at("n"), 1);
    const int subscription = client.on("/over/*");
    client.set("/over/tls", {{"text", std::string(300'000, 'x')}});
    EXPECT_EQ(client.wait_message(subscription).at("data").at("text").get<std::string>().size(), 300'000U);
    client.disconnect();
}

TEST_F(TlsListener, TakesANewCertificateOnSighupAndKeepsConnections) {
    JsClient client{"happn-3@13.12.1"};
    client.finish(
        client.start({{"command", "connect"}, {"host", "localhost"}, {"port", port}, {"tls", true}}));
    const std::string before = serial();
    install(authority.issue("localhost"));
    gateway->process().signal(SIGHUP);
    ASSERT_TRUE(eventually([&] { return serial() != before; }));
    EXPECT_EQ(curl(trusting() + url("/ping")), "pong");
    client.set("/still/here", {{"n", 2}});
    EXPECT_EQ(client.get("/still/here").at("n"), 2);
    client.disconnect();
}

TEST_F(TlsListener, TakesANewCertificateWhenItsFilesChange) {
    const std::string before = serial();
    install(authority.issue("localhost"));
    EXPECT_TRUE(eventually([&] { return serial() != before; }));
    EXPECT_GE(metric(*gateway, "tls_certificates_reloaded_total"), 1);
}

TEST_F(TlsListener, KeepsItsCertificateWhenTheNewOneCannotBeUsed) {
    const std::string before = serial();
    const double expires = metric(*gateway, "tls_certificate_expires");
    EXPECT_GT(expires, 1.7e9);
    fs::copy_file(authority.issue("other.example").key, key, fs::copy_options::overwrite_existing);
    gateway->process().signal(SIGHUP);
    gateway->process().wait_for_line("the certificate before stays");
    EXPECT_EQ(serial(), before);
    EXPECT_EQ(curl(trusting() + url("/ping")), "pong");
    EXPECT_GE(metric(*gateway, "tls_certificates_refused_total"), 1);
    EXPECT_EQ(metric(*gateway, "tls_certificate_expires"), expires);
}

TEST_F(TlsListener, ClosesWhoSpeaksNoTls) {
    RawClient client{port};
    client.send(ping + "\r\n");
    EXPECT_FALSE(contains(client.read_to_end(), "HTTP/1.1 200"));
    EXPECT_EQ(metric(*gateway, "tls_handshakes_failed_total"), 1);
}

class ImpatientTls : public TlsListener {
protected:
    ImpatientTls() : TlsListener{{}, "timeouts: { header: 300ms }\n"} {}

    /// Answers to what is sent while the sending side stays open.
    std::string answers_to(const std::string& bytes) const {
        Process process{
            {.arguments = {"sh",
                           "-c",
                           "{ printf '" + bytes + "'; cat; } | openssl s_client -quiet -connect 127.0.0.1:" +
                               std::to_string(port) + " 2>/dev/null"}}};
        process.wait_for_line("HTTP/1.1 ");
        return process.output();
    }
};

TEST_F(ImpatientTls, EndsARequestWhoseHeadDoesNotCome) {
    EXPECT_TRUE(answers_to("GET /ping HTTP/1.1\\r\\nHost: a\\r\\nX: ").starts_with("HTTP/1.1 408 "));
}

TEST_F(ImpatientTls, ClosesWhoNeverBeginsItsHandshake) {
    RawClient client{port};
    EXPECT_EQ(client.read_to_end(), "");
}

class CrowdedTls : public TlsListener {
protected:
    CrowdedTls() : TlsListener{{}, "clients: { connections: 2 }\n"} {}
};

TEST_F(CrowdedTls, CountsThoseThatHaveNotBegunTheirHandshake) {
    RawClient one{port}, two{port}, three{port};
    EXPECT_EQ(three.read_to_end(), "");
    EXPECT_EQ(metric(*gateway, "connections_refused_per_client_total"), 1);
    two.close();
    EXPECT_TRUE(eventually([&] { return curl(trusting() + url("/ping")) == "pong"; }));
}

class MutualTls : public TlsListener {
protected:
    MutualTls() : TlsListener{"client_ca"} {}
};

TEST_F(MutualTls, LetsInOnlyWhoShowsACertificateOfItsAuthority) {
    EXPECT_NE(curl(trusting() + url("/ping")), "pong");
    const auto own = authority.issue("client.example");
    EXPECT_EQ(curl("--cert " + own.certificate + " --key " + own.key + " " + trusting() + url("/ping")),
              "pong");
}

TEST(TlsAtTheStart, ACertificateThatCannotBeUsedIsSaidAndEndsTheProgram) {
    CertificateAuthority authority;
    const auto one = authority.issue("one.example"), two = authority.issue("two.example");
    TemporaryDirectory directory;
    const auto config = directory.write(
        "gateway.yaml",
        node + "listen: { address: \"127.0.0.1:0\", tls: { certificate: \"file:" + one.certificate +
            "\", key: \"file:" + two.key + "\" } }\n");
    Process process{{.arguments = {gateway_program(), "run", "--config", config.string()}}};
    EXPECT_EQ(process.wait(), 1);
    EXPECT_TRUE(contains(process.printed(), "the key cannot be used with the certificate"))
        << process.printed();
}

// --- proxies in front ----------------------------------------------------------------------------

std::string who(std::uint16_t port, const std::string& before, const std::string& headers) {
    RawClient client{port};
    client.send(before + "GET /who HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n" + headers + "\r\n");
    const std::string answer = client.read_to_end();
    const auto body = answer.find("\r\n\r\n");
    return body == std::string::npos ? answer : answer.substr(body + 4);
}

TEST(Proxies, ATrustedOnesWordCountsAsTheClientsAddress) {
    GatewayProcess gateway{{.settings = node + "proxies: { trusted: [\"127.0.0.0/8\", \"10.0.0.0/8\"] }\n",
                            .mappings = {{"routes.yaml", routes}}}};
    EXPECT_EQ(who(gateway.port(), "", ""), R"({"ip":"127.0.0.1"})");
    EXPECT_EQ(who(gateway.port(), "", "X-Forwarded-For: 203.0.113.9\r\n"), R"({"ip":"203.0.113.9"})");
    EXPECT_EQ(who(gateway.port(), "", "X-Forwarded-For: 6.6.6.6, 203.0.113.9, 10.1.2.3\r\n"),
              R"({"ip":"203.0.113.9"})");
}

TEST(Proxies, AStrangersWordCountsForNothing) {
    GatewayProcess gateway{{.settings = node + "proxies: { trusted: [\"10.0.0.0/8\"] }\n",
                            .mappings = {{"routes.yaml", routes}}}};
    EXPECT_EQ(who(gateway.port(), "", "X-Forwarded-For: 203.0.113.9\r\n"), R"({"ip":"127.0.0.1"})");
}

class ProxyProtocol : public testing::Test {
protected:
    explicit ProxyProtocol(const std::string& trusted = "127.0.0.1", const std::string& sections = {})
        : gateway{{.settings = node + sections +
                               "listen:\n  - { address: \"127.0.0.1:" + std::to_string(port) +
                               "\", proxy_protocol: true }\nproxies: { trusted: [\"" + trusted + "\"] }\n",
                   .mappings = {{"routes.yaml", routes}}}} {}
    std::uint16_t port = free_port();
    GatewayProcess gateway;
};

class ProxyProtocolOfStrangers : public ProxyProtocol {
protected:
    ProxyProtocolOfStrangers() : ProxyProtocol{"10.0.0.0/8"} {}
};

const std::string version_2{"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xcb\0\x71\x08\x7f\0\0\x01\x12\x34\x1f\x90",
                            28};

TEST_F(ProxyProtocol, BothVersionsNameTheClient) {
    EXPECT_EQ(who(port, "PROXY TCP4 203.0.113.7 127.0.0.1 4711 80\r\n", ""), R"({"ip":"203.0.113.7"})");
    EXPECT_EQ(who(port, "PROXY TCP6 2001:db8::7 ::1 4711 80\r\n", ""), R"({"ip":"2001:db8::7"})");
    EXPECT_EQ(who(port, "PROXY UNKNOWN\r\n", ""), R"({"ip":"127.0.0.1"})");
    EXPECT_EQ(who(port, version_2, ""), R"({"ip":"203.0.113.8"})");
}

TEST_F(ProxyProtocol, AHeaderInPiecesIsUnderstood) {
    for (const std::string& header :
         {std::string{"PROXY TCP4 203.0.113.7 127.0.0.1 4711 80\r\n"}, version_2}) {
        RawClient client{port};
        for (const char c : header)
            client.send({&c, 1});
        client.send(ping + "Connection: close\r\n\r\n");
        EXPECT_TRUE(client.read_to_end().ends_with("pong"));
    }
}

TEST_F(ProxyProtocol, WithoutItsHeaderNobodyIsServed) {
    EXPECT_EQ(who(port, "", ""), "");
    EXPECT_EQ(who(port, "PROXY TCP4 nonsense\r\n", ""), "");
    EXPECT_EQ(metric(gateway, "proxy_headers_refused_total"), 2);
}

TEST_F(ProxyProtocolOfStrangers, IsRefused) {
    EXPECT_EQ(who(port, "PROXY TCP4 203.0.113.7 127.0.0.1 4711 80\r\n", ""), "");
    EXPECT_EQ(metric(gateway, "proxy_headers_refused_total"), 1);
}

class CrowdedProxyProtocol : public ProxyProtocol {
protected:
    CrowdedProxyProtocol() : ProxyProtocol{"127.0.0.1", "clients: { connections: 1 }\n"} {}
};

TEST_F(CrowdedProxyProtocol, CountsForWhomTheHeaderNames) {
    const std::string header = "PROXY TCP4 203.0.113.7 127.0.0.1 4711 80\r\n";
    RawClient one{port};
    one.send(header + ping + "\r\n");
    EXPECT_TRUE(one.read_until("pong").ends_with("pong"));
    EXPECT_TRUE(contains(who(port, header, ""), "too many connections"));
    EXPECT_EQ(who(port, version_2, ""), R"({"ip":"203.0.113.8"})") << "another client of the same proxy";
    one.close();
    EXPECT_TRUE(eventually([&] { return who(port, header, "") == R"({"ip":"203.0.113.7"})"; }));
}

// --- shares of one client ------------------------------------------------------------------------

TEST(ClientShares, BeyondItsRateAClientIsToldWhenToComeAgain) {
    GatewayProcess gateway{{.settings = node + "clients: { requests: 1/m, burst: 3 }\n", .mappings = {}}};
    RawClient client{gateway.port()};
    client.send(ping + "\r\n" + ping + "\r\n" + ping + "\r\n" + ping + "Connection: close\r\n\r\n");
    const std::string answers = client.read_to_end();
    const auto refused = answers.find("HTTP/1.1 429 Too Many Requests");
    ASSERT_NE(refused, std::string::npos) << answers;
    EXPECT_TRUE(contains(answers.substr(refused), "Retry-After: 60\r\n") ||
                contains(answers.substr(refused), "Retry-After: 59\r\n"));
    EXPECT_EQ(answers.find("HTTP/1.1 429", refused + 1), std::string::npos);
    EXPECT_EQ(metric(gateway, "http_rate_limited_total"), 1);
}

TEST(ClientShares, BeyondItsConnectionsAClientIsRefusedUntilOneIsFree) {
    GatewayProcess gateway{{.settings = node + "clients: { connections: 2 }\n", .mappings = {}}};
    const auto ask = [&](RawClient& client) {
        client.send(ping + "\r\n");
        return client.read_until("\r\n\r\n");
    };
    RawClient one{gateway.port()}, two{gateway.port()};
    EXPECT_TRUE(contains(ask(one), "200 OK"));
    EXPECT_TRUE(contains(ask(two), "200 OK"));
    RawClient three{gateway.port()};
    EXPECT_TRUE(contains(three.read_to_end(), "503 "));
    one.close();
    EXPECT_TRUE(eventually([&] {
        RawClient next{gateway.port()};
        return contains(ask(next), "200 OK");
    }));
}

TEST(ClientShares, AConnectionEndsAfterItsRequests) {
    GatewayProcess gateway{{.settings = node + "clients: { requests_per_connection: 2 }\n", .mappings = {}}};
    RawClient client{gateway.port()};
    client.send(ping + "\r\n" + ping + "\r\n" + ping + "\r\n");
    const std::string answers = client.read_to_end();
    EXPECT_TRUE(contains(answers, "Connection: close"));
    EXPECT_EQ(answers.find("pong"), answers.rfind("pong", answers.rfind("HTTP/1.1")));
    EXPECT_EQ(answers.find("HTTP/1.1", answers.rfind("pong")), std::string::npos);
}

// --- compression ---------------------------------------------------------------------------------

TEST(CompressedAnswers, AreSmallerAndTheSame) {
    GatewayProcess gateway{{.settings = node, .mappings = {{"routes.yaml", routes}}}};
    TemporaryDirectory directory;
    std::string items;
    for (int i = 0; i < 20'000; ++i)
        items += (i == 0 ? "" : ",") + std::to_string(i);
    const auto body = directory.write("body.json", "[" + items + "]").string();
    const std::string ask = "-H 'Content-Type: application/json' --data-binary @" + body +
                            " http://127.0.0.1:" + std::to_string(gateway.port()) + "/echo";
    const auto packed = directory.path() / "packed";
    const std::string head = curl("-D - -o " + packed.string() + " -H 'Accept-Encoding: gzip' " + ask);
    EXPECT_TRUE(contains(head, "Content-Encoding: gzip") && contains(head, "Vary: Accept-Encoding")) << head;
    EXPECT_LT(fs::file_size(packed), items.size() / 2);
    EXPECT_TRUE(curl("--compressed " + ask) == "[" + items + "]");
    const std::string plain = curl("-i " + ask);
    EXPECT_FALSE(contains(plain, "Content-Encoding"));
    EXPECT_TRUE(contains(plain, "Vary: Accept-Encoding"));
    EXPECT_FALSE(contains(curl("-i -H 'Accept-Encoding: gzip;q=0' " + ask), "Content-Encoding"));
}

// --- the access log ------------------------------------------------------------------------------

TEST(AccessLog, HasALineForEachRequestAndNoCredential) {
    GatewayProcess gateway{
        {.settings = node + "log: { level: info, format: json, access: true }\n", .mappings = {}}};
    RawClient client{gateway.port()};
    client.send(
        "GET /ping?happn_token=s3cret HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer t0ken\r\n"
        "X-Request-Id: abc-1\r\n\r\nGET /nosuch HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n");
    client.read_to_end();
    const auto line = gateway.process().wait_for_line("path=/ping");
    EXPECT_TRUE(contains(line, "access method=GET path=/ping status=200 bytes=4 ms=")) << line;
    EXPECT_TRUE(contains(line, "client=127.0.0.1 id=abc-1")) << line;
    gateway.process().wait_for_line("path=/nosuch status=404");
    EXPECT_FALSE(contains(gateway.process().printed(), "s3cret"));
    EXPECT_FALSE(contains(gateway.process().printed(), "t0ken"));
}

TEST(AccessLog, HasALineForWhatIsRefusedBeforeItIsARequest) {
    GatewayProcess gateway{
        {.settings = node + "timeouts: { header: 300ms }\nlog: { level: info, format: text, access: true }\n",
         .mappings = {}}};
    const auto line_of = [&](const std::string& status, const std::string& bytes) {
        RawClient client{gateway.port()};
        client.send(bytes);
        EXPECT_TRUE(client.read_to_end().starts_with("HTTP/1.1 " + status + " ")) << bytes;
        return gateway.process().wait_for_line("status=" + status);
    };
    const std::string unread = "access method=\"\" path=\"\" status=";
    EXPECT_TRUE(contains(line_of("400", "nonsense\r\n\r\n"), unread + "400 "));
    EXPECT_TRUE(contains(line_of("408", "GET /ping HT"), unread + "408 "));
    EXPECT_TRUE(
        contains(line_of("431", ping + "X: " + std::string(9000, 'x') + "\r\n\r\n"), unread + "431 "));
    const auto line = line_of("505", "GET /ping HTTP/2.0\r\nHost: g\r\n\r\n");
    EXPECT_TRUE(contains(line, unread + "505 ") && contains(line, " client=127.0.0.1 id=4-1")) << line;
}

class AccessLogOfConnections : public testing::TestWithParam<const char*> {};

TEST_P(AccessLogOfConnections, HasALineForEachThatIsRefused) {
    GatewayProcess gateway{
        {.settings = node + GetParam() + "\nlog: { level: info, format: text, access: true }\n",
         .mappings = {}}};
    RawClient first{gateway.port()};
    first.send(ping + "\r\n");
    first.read_until("pong");
    EXPECT_TRUE(RawClient{gateway.port()}.read_to_end().starts_with("HTTP/1.1 503 "));
    const auto line = gateway.process().wait_for_line("status=503");
    EXPECT_TRUE(contains(line, "access method=\"\" path=\"\" status=503 bytes=")) << line;
    EXPECT_TRUE(contains(line, " client=127.0.0.1 id=2-0")) << line;
}

INSTANTIATE_TEST_SUITE_P(Limits,
                         AccessLogOfConnections,
                         testing::Values("limits: { connections: 1 }", "clients: { connections: 1 }"),
                         [](const auto& tested) { return tested.index == 0 ? "of_all" : "of_one_client"; });

}  // namespace
