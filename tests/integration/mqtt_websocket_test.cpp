// Brokers that are reached over a websocket, with and without TLS.
#include <gtest/gtest.h>

#include <string>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/http_service.hpp"

namespace {

using namespace support;

/// A mosquitto that devices reach over TCP, and the gateway over a websocket.
class WebsocketBroker {
public:
    explicit WebsocketBroker(const std::string& more = {})
        : broker_{
              {.more = "listener " + std::to_string(port_) + " 127.0.0.1\nprotocol websockets\n" + more}} {}

    std::string address() const { return "localhost:" + std::to_string(port_); }
    Mosquitto& mosquitto() { return broker_; }

private:
    std::uint16_t port_ = free_port();
    Mosquitto broker_;
};

GatewayFiles files(const std::string& url, int version, const std::string& more = {}) {
    return {.settings = "brokers: { local: { url: \"" + url + "\", version: " + std::to_string(version) +
                        ", reconnect_min: 50ms" + more + " } }\n",
            .mappings = {{"routes.yaml", R"(
routes:
  echo: { from: { mqtt: "in/{x}", qos: 1, decode: bytes }, to: { mqtt: "out/{x}", qos: 1 } }
)"}}};
}

void expect_echo(Mosquitto& mosquitto, const std::string& payload = "x") {
    MqttProbe device{mosquitto.port()};
    device.subscribe("out/a");
    device.publish({.topic = "in/a", .payload = payload, .qos = 1});
    EXPECT_EQ(device.wait_message("out/a").payload, payload);
}

class BrokerOverWebsockets : public testing::TestWithParam<int> {};

TEST_P(BrokerOverWebsockets, IsUsedLikeAnyOther) {
    WebsocketBroker broker;
    for (const char* path : {"", "/", "/mqtt"}) {
        GatewayProcess gateway{files("ws://" + broker.address() + path, GetParam())};
        expect_echo(broker.mosquitto());
    }
}

TEST_P(BrokerOverWebsockets, CarriesMessagesOfEverySizeOfFrame) {
    WebsocketBroker broker;
    GatewayProcess gateway{files("ws://" + broker.address(), GetParam())};
    for (const std::size_t size : {100u, 200u, 70'000u, 300'000u})
        expect_echo(broker.mosquitto(), std::string(size, 'x'));
}

TEST_P(BrokerOverWebsockets, ComesBackAfterALoss) {
    WebsocketBroker broker;
    GatewayProcess gateway{files("ws://" + broker.address(), GetParam())};
    broker.mosquitto().kill();
    gateway.wait_until_ready(false);
    broker.mosquitto().start();
    gateway.wait_until_ready();
    expect_echo(broker.mosquitto());
}

TEST_P(BrokerOverWebsockets, MayBeBehindTls) {
    CertificateAuthority authority;
    const auto own = authority.issue("localhost");
    WebsocketBroker broker{"certfile " + own.certificate + "\nkeyfile " + own.key};
    GatewayProcess gateway{files("wss://" + broker.address() + "/mqtt",
                                 GetParam(),
                                 ", tls: { ca: \"file:" + authority.certificate() + "\" }")};
    expect_echo(broker.mosquitto());
}

TEST_P(BrokerOverWebsockets, MustHaveTheNameOfItsUrlBehindTls) {
    CertificateAuthority authority;
    const auto own = authority.issue("broker.example");
    WebsocketBroker broker{"certfile " + own.certificate + "\nkeyfile " + own.key};
    GatewayProcess gateway{files("wss://" + broker.address() + "/mqtt",
                                 GetParam(),
                                 ", tls: { ca: \"file:" + authority.certificate() + "\" }"),
                           StartUntil::listening};
    EXPECT_TRUE(eventually([&] {
        return gateway.readiness().find("hostname mismatch") != std::string::npos;
    })) << gateway.readiness();
}

INSTANTIATE_TEST_SUITE_P(Versions, BrokerOverWebsockets, testing::Values(3, 5), [](const auto& version) {
    return version.param == 5 ? "V5" : "V311";
});

TEST(MqttWebsocket, TheRequestHasItsPathAndHeaders) {
    HttpService service;
    const std::string port = service.url().substr(service.url().rfind(':') + 1);
    auto wanted = files("ws://127.0.0.1:" + port + "/broker/7",
                        5,
                        ", headers: { Authorization: \"${TOKEN}\", X-Site: seven }");
    wanted.environment = {{"TOKEN", "Bearer t0ken"}};
    GatewayProcess gateway{wanted, StartUntil::listening};
    const auto request = service.next_request("/broker/7");
    EXPECT_EQ(request["headers"]["authorization"], "Bearer t0ken");
    EXPECT_EQ(request["headers"]["x-site"], "seven");
    EXPECT_EQ(request["headers"]["sec-websocket-protocol"], "mqtt");
    EXPECT_EQ(gateway.process().printed().find("t0ken"), std::string::npos);
}

}  // namespace
