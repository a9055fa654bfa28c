// What brokers refuse is told in the words of the specification: a real Mosquitto, and for the goodbye that
// Mosquitto never sends, a scripted one.
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <string>
#include <thread>
#include <utility>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/temporary_directory.hpp"

namespace {

using namespace support;
using nlohmann::json;

constexpr const char* sending = R"(
routes:
  send: { from: { http: "POST /send/{x}", auth: none }, to: { mqtt: "{x}", qos: 1 }, respond: { status: 204 } }
  hear: { from: { mqtt: "heard", qos: 1 }, to: { mqtt: "allowed", qos: 1 } }
)";

GatewayFiles files(const Mosquitto& mosquitto) {
    return {.settings = broker_settings(mosquitto) + "rest: { mesh: node }\n",
            .mappings = {{"routes.yaml", sending}}};
}

TEST(MqttReasons, ARefusedPublicationIsAnErrorWithTheBrokersReason) {
    TemporaryDirectory directory;
    const auto rights = directory.write("rights", "topic write allowed\ntopic read #\n");
    Mosquitto mosquitto{{.more = "acl_file " + rights.string()}};
    GatewayProcess gateway{files(mosquitto)};
    const auto allowed = gateway.http().Post("/send/allowed", "1", "application/json");
    ASSERT_TRUE(allowed);
    EXPECT_EQ(allowed->status, 204) << allowed->body;
    const auto refused = gateway.http().Post("/send/forbidden", "1", "application/json");
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, 403) << refused->body;
    EXPECT_NE(refused->body.find("not published: Not authorized (0x87)"), std::string::npos) << refused->body;
    EXPECT_EQ(gateway.route("send").reasons.at("access_denied"), 1U);
}

/// Takes one client and says what it is told to say: what Mosquitto never does.
class ScriptedBroker {
public:
    /// `goodbye`: after the first packet of a client that is connected; empty: none.
    explicit ScriptedBroker(std::string connack, std::string goodbye = {})
        : connack_{std::move(connack)}, goodbye_{std::move(goodbye)}, thread_{[this] { serve(); }} {}
    ~ScriptedBroker() { thread_.join(); }

    const std::string& url() const { return url_; }

private:
    using tcp = boost::asio::ip::tcp;

    void serve() {
        tcp::socket client{io_};
        acceptor_.accept(client);
        acceptor_.close();
        std::array<char, 512> packet{};
        client.read_some(boost::asio::buffer(packet));  // CONNECT
        boost::asio::write(client, boost::asio::buffer(connack_));
        boost::system::error_code closed;
        while (!closed) {
            client.read_some(boost::asio::buffer(packet), closed);
            if (!closed && !goodbye_.empty())
                boost::asio::write(client, boost::asio::buffer(goodbye_), closed);
        }
    }

    const std::string connack_, goodbye_;
    boost::asio::io_context io_;
    tcp::acceptor acceptor_{io_, tcp::endpoint{boost::asio::ip::address_v4::loopback(), 0}};
    const std::string url_ = "tcp://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
    std::thread thread_;
};

GatewayFiles files(const ScriptedBroker& broker, const char* routes) {
    return {.settings = "brokers: { local: { url: \"" + broker.url() + "\" } }\nrest: { mesh: node }\n",
            .mappings = {{"routes.yaml", routes}}};
}

TEST(MqttReasons, ABrokerThatSaysGoodbyeIsQuoted) {
    ScriptedBroker broker{{"\x20\x03\0\0\0", 5}, {"\xe0\x02\x8b\0", 4}};
    GatewayProcess gateway{files(broker, sending), StartUntil::listening};
    gateway.process().wait_for_line("the broker disconnected: Server shutting down (0x8b)");
    EXPECT_FALSE(gateway.ready());
}

TEST(MqttReasons, ABrokerWithoutSharedSubscriptionsIsNotAskedForOne) {
    ScriptedBroker broker{{"\x20\x05\0\0\x02\x2a\0", 7}, {"\xe0\x02\x9e\0", 4}};
    GatewayProcess gateway{files(broker, R"(
routes:
  work: { from: { mqtt: "in", qos: 1, group: g }, to: { mqtt: "out", qos: 1 } }
)"),
                           StartUntil::listening};
    EXPECT_TRUE(eventually([&] {
        return gateway.readiness().find(
                   "the broker refused filter '$share/g/in': Shared Subscriptions not supported (0x9e)") !=
               std::string::npos;
    })) << gateway.readiness();
    EXPECT_EQ(gateway.process().printed().find("the broker disconnected"), std::string::npos);
}

/// What mosquitto's own plugin for rights is told: everybody may publish, and subscribe to nothing but
/// replies.
constexpr const char* rights_to_publish = R"({
  "defaultACLAccess": { "publishClientSend": true, "publishClientReceive": true, "subscribe": false, "unsubscribe": true },
  "anonymousGroup": "everybody",
  "clients": [],
  "groups": [ { "groupname": "everybody", "roles": [], "clients": [] } ],
  "roles": []
})";

TEST(MqttReasons, ARefusedFilterIsOnReady) {
    TemporaryDirectory directory;
    const auto rights = directory.write("rights.json", rights_to_publish);
    Mosquitto mosquitto{{.more = "plugin /usr/lib/x86_64-linux-gnu/mosquitto_dynamic_security.so\n"
                                 "plugin_opt_config_file " +
                                 rights.string()}};
    GatewayProcess gateway{files(mosquitto), StartUntil::listening};
    EXPECT_TRUE(eventually([&] {
        return gateway.readiness().find("the broker refused filter 'heard': Not authorized (0x87)") !=
               std::string::npos;
    })) << gateway.readiness();
    EXPECT_FALSE(gateway.ready());
}

}  // namespace
