// Brokers behind TLS: the gateway connects only to those it can verify, says in words what is wrong with the
// others, and shows its own certificate where it is asked.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/free_port.hpp"
#include "tests/tree/tree.hpp"

namespace {

using namespace support;

/// A mosquitto that devices reach without TLS, and the gateway with it.
class TlsBroker {
public:
    explicit TlsBroker(const CertificateFiles& own, const std::string& more = {})
        : broker_{{.more = "listener " + std::to_string(port_) + " 127.0.0.1\ncertfile " + own.certificate +
                           "\nkeyfile " + own.key + "\n" + more}} {}

    std::string address() const { return "localhost:" + std::to_string(port_); }
    Mosquitto& mosquitto() { return broker_; }

private:
    std::uint16_t port_ = free_port();
    Mosquitto broker_;
};

std::string settings(const std::string& url, const std::string& tls, int version = 5) {
    return "brokers: { local: { url: \"" + url + "\", version: " + std::to_string(version) +
           ", reconnect_min: 50ms, tls: { " + tls + " } } }\n";
}

std::string trusting(const CertificateAuthority& authority) {
    return "ca: \"file:" + authority.certificate() + "\"";
}

std::string showing(const CertificateFiles& own) {
    return ", certificate: \"file:" + own.certificate + "\", key: \"file:" + own.key + "\"";
}

constexpr const char* echo = R"(
routes:
  echo: { from: { mqtt: "in/{x}", qos: 1, decode: bytes }, to: { mqtt: "out/{x}", qos: 1 } }
)";

class BrokerBehindTls : public testing::TestWithParam<int> {
protected:
    GatewayFiles files(const std::string& url, const std::string& tls) const {
        return {.settings = settings(url, tls, GetParam()), .mappings = {{"routes.yaml", echo}}};
    }
    void expect_echo(Mosquitto& mosquitto) {
        MqttProbe device{mosquitto.port()};
        device.subscribe("out/a");
        device.publish({.topic = "in/a", .payload = "x", .qos = 1});
        EXPECT_EQ(device.wait_message("out/a").payload, "x");
    }
    void expect_refused(const std::string& url, const std::string& tls, const std::string& why) {
        GatewayProcess gateway{files(url, tls), StartUntil::listening};
        EXPECT_TRUE(eventually([&] { return gateway.readiness().find(why) != std::string::npos; }))
            << gateway.readiness();
        EXPECT_FALSE(gateway.ready());
    }

    CertificateAuthority authority;
    CertificateAuthority stranger;
};

TEST_P(BrokerBehindTls, IsUsedLikeAnyOther) {
    TlsBroker broker{authority.issue("localhost")};
    for (const char* scheme : {"ssl://", "mqtts://"}) {
        GatewayProcess gateway{files(scheme + broker.address(), trusting(authority))};
        expect_echo(broker.mosquitto());
    }
}

TEST_P(BrokerBehindTls, IsNotBelievedWithACertificateOfAStranger) {
    TlsBroker broker{stranger.issue("localhost")};
    expect_refused(
        "ssl://" + broker.address(), trusting(authority), "unable to get local issuer certificate");
}

TEST_P(BrokerBehindTls, IsNotBelievedWithACertificateThatHasExpired) {
    TlsBroker broker{authority.issue_expired("localhost")};
    expect_refused("ssl://" + broker.address(), trusting(authority), "certificate has expired");
}

TEST_P(BrokerBehindTls, IsNotBelievedUnderAnotherName) {
    TlsBroker broker{authority.issue("broker.example")};
    expect_refused("ssl://" + broker.address(), trusting(authority), "hostname mismatch");
}

TEST_P(BrokerBehindTls, IsBelievedUnseenOnlyWhereTheConfigurationSaysSo) {
    TlsBroker broker{stranger.issue("somebody.example")};
    GatewayProcess gateway{files("ssl://" + broker.address(), "verify: false")};
    expect_echo(broker.mosquitto());
    EXPECT_NE(gateway.process().printed().find("HG417"), std::string::npos);
}

TEST_P(BrokerBehindTls, MayAskTheGatewayForItsCertificate) {
    TlsBroker broker{
        authority.issue("localhost"),
        "require_certificate true\nuse_identity_as_username true\ncafile " + authority.certificate()};
    expect_refused("ssl://" + broker.address(), trusting(authority), "certificate required");
    GatewayProcess gateway{
        files("ssl://" + broker.address(), trusting(authority) + showing(authority.issue("gateway")))};
    expect_echo(broker.mosquitto());
    EXPECT_NE(broker.mosquitto().process().printed().find("u'gateway'"), std::string::npos);
}

TEST_P(BrokerBehindTls, ComesBackAfterALoss) {
    TlsBroker broker{authority.issue("localhost")};
    GatewayProcess gateway{files("ssl://" + broker.address(), trusting(authority))};
    broker.mosquitto().kill();
    gateway.wait_until_ready(false);
    broker.mosquitto().start();
    gateway.wait_until_ready();
    expect_echo(broker.mosquitto());
}

TEST_P(BrokerBehindTls, HasItsStreamsBehindTlsToo) {
    TlsBroker broker{authority.issue("localhost")};
    GatewayProcess gateway{
        {.settings = settings("ssl://" + broker.address(), trusting(authority), GetParam()) +
                     "rest: { mesh: node }\n",
         .mappings = {{"routes.yaml", R"(
routes:
  watch: { from: { http: "GET /in/{x}", auth: none }, to: { stream: { mqtt: "in/{x}" }, initial: true } }
)"}}}};
    MqttProbe device{broker.mosquitto().port()};
    device.publish({.topic = "in/a", .payload = "21", .qos = 1, .retained = true});
    std::string seen;
    gateway.http().Get(
        "/in/a", {{"Accept", "application/x-ndjson"}}, [&seen](const char* data, std::size_t size) {
            seen.append(data, size);
            return seen.find("21") == std::string::npos;
        });
    EXPECT_NE(seen.find("21"), std::string::npos) << seen;
}

INSTANTIATE_TEST_SUITE_P(Versions, BrokerBehindTls, testing::Values(3, 5), [](const auto& version) {
    return version.param == 5 ? "V5" : "V311";
});

TEST(MqttTls, ProtocolsAreOffered) {
    CertificateAuthority authority;
    const auto own = authority.issue("localhost");
    const std::string port = std::to_string(free_port());
    Process server{{.arguments = {"openssl",
                                  "s_server",
                                  "-accept",
                                  port,
                                  "-cert",
                                  own.certificate,
                                  "-key",
                                  own.key,
                                  "-alpn",
                                  "x-amzn-mqtt-ca"}}};
    server.wait_for_line("ACCEPT");
    GatewayProcess gateway{{.settings = settings("ssl://localhost:" + port,
                                                 trusting(authority) + ", alpn: [mqtt, x-amzn-mqtt-ca]"),
                            .mappings = {}},
                           StartUntil::listening};
    server.wait_for_line("ALPN protocols advertised by the client: mqtt, x-amzn-mqtt-ca");
    server.wait_for_line("ALPN protocols selected: x-amzn-mqtt-ca");
}

TEST(MqttTls, TheGatewaysOwnKeyIsOnNoDisk) {
    CertificateAuthority authority;
    TlsBroker broker{authority.issue("localhost")};
    GatewayProcess gateway{{.settings = settings("ssl://" + broker.address(),
                                                 trusting(authority) + showing(authority.issue("gateway"))),
                            .mappings = {}}};
    std::size_t in_memory = 0;
    const std::string open = "/proc/" + std::to_string(gateway.process().pid()) + "/fd";
    for (const auto& entry : std::filesystem::directory_iterator{open}) {
        std::error_code gone;
        const auto target = std::filesystem::read_symlink(entry.path(), gone).string();
        EXPECT_EQ(target.find(".key"), std::string::npos) << target;
        if (target.starts_with("/memfd:")) ++in_memory;
    }
    EXPECT_EQ(in_memory, 3u);  // ca, certificate, key
}

/// What `run` says when it does not start.
std::string complaint_at_start(const std::string& settings) {
    TemporaryDirectory files;
    const auto config = files.write("gateway.yaml", "listen: [\"127.0.0.1:0\"]\n" + settings);
    Process gateway{{.arguments = {gateway_program(), "run", "--config", config.string()}}};
    EXPECT_EQ(gateway.wait(), 1);
    return gateway.printed();
}

TEST(MqttTls, AKeyThatCannotBeUsedStopsTheStartAndAsksNobody) {
    CertificateAuthority authority;
    auto locked = authority.issue_locked("gateway");
    EXPECT_NE(complaint_at_start(settings("ssl://localhost:1", trusting(authority) + showing(locked)))
                  .find("brokers.local.tls.key cannot be used"),
              std::string::npos);
}

TEST(MqttTls, ACertificateAndAKeyOfTwoStopTheStart) {
    CertificateAuthority authority;
    auto mixed = authority.issue("gateway");
    mixed.key = authority.issue("another").key;
    EXPECT_NE(complaint_at_start(settings("ssl://localhost:1", trusting(authority) + showing(mixed)))
                  .find("brokers.local.tls.key cannot be used: key values mismatch"),
              std::string::npos);
}

}  // namespace
