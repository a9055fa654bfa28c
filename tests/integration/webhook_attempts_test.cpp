// A webhook of an at-least-once route: a service that has seen a request before can tell, however often, and
// by however many runs of the gateway, it is attempted.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/http_service.hpp"
#include "tests/support/temporary_directory.hpp"

namespace {

using namespace support;

class AWebhookAttemptedAgain : public testing::Test {
protected:
    std::unique_ptr<GatewayProcess> start() {
        const std::string broker = "brokers: { local: { url: \"" + mosquitto.url() +
                                   "\", client_id: one, session_expiry: 1h, reconnect_min: 50ms } }\n";
        return std::make_unique<GatewayProcess>(
            GatewayFiles{.settings = broker + "spool: { path: \"" + spool.path().string() + "\" }\n",
                         .mappings = {{"hooks.yaml", routes()}}});
    }
    std::string routes() const {
        const std::string delivery =
            "\n    delivery: { guarantee: at-least-once, retry: { max: 5, backoff: 20ms..50ms, when: "
            "[network, "
            "503] } }\n";
        return "version: 1\nroutes:\n"
               "  failing:\n    from: { mqtt: \"failing/{id}\", qos: 1 }\n    to: { http: \"POST " +
               service.url() + "/fail/2/503/{id}\" }" + delivery +
               "  stalling:\n    from: { mqtt: \"stalling/{id}\", qos: 1 }\n    to: { http: \"POST " +
               service.url() + "/stall\", timeout: 30s }" + delivery;
    }
    void publish(const std::string& topic) {
        probe.publish({.topic = topic, .payload = R"({"alarm":1})", .qos = 1});
    }
    std::string next_key() { return service.next_request().at("headers").at("idempotency-key"); }

    HttpService service;
    Mosquitto mosquitto;
    MqttProbe probe{mosquitto.port()};
    TemporaryDirectory spool;
};

TEST_F(AWebhookAttemptedAgain, HasTheSameKeyAsBefore) {
    const auto gateway = start();
    publish("failing/a");
    const auto key = next_key();
    EXPECT_EQ(next_key(), key);
    EXPECT_EQ(next_key(), key);
    publish("failing/b");
    EXPECT_NE(next_key(), key) << "it is another message";
}

TEST_F(AWebhookAttemptedAgain, HasTheSameKeyInTheNextRunOfAGatewayThatWasKilled) {
    auto gateway = start();
    publish("stalling/a");
    const auto key = next_key();
    gateway->kill();
    gateway = start();
    EXPECT_EQ(next_key(), key);
    publish("stalling/b");
    EXPECT_NE(next_key(), key);
    gateway->stop(InFlight::something);
}

}  // namespace
