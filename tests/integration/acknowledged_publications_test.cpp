// A happn publication of consistency "acknowledged": its publisher is told that it has arrived when the
// targets of every route have it, and not before.
#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/tcp_proxy.hpp"
#include "tests/support/temporary_directory.hpp"

namespace {

using namespace support;

/// A gateway that hands to a broker behind a bad network what is published on "/up/...".
class Bridge {
public:
    Bridge(const std::string& settings, const std::string& mesh) {
        const std::string broker =
            "brokers: { local: { url: \"tcp://127.0.0.1:" + std::to_string(network.port()) +
            "\", client_id: bridge, session_expiry: 1h, reconnect_min: 50ms } }\n";
        const std::string target = "to: { mqtt: \"up/{x}\", qos: 1 }\n";
        const auto from = [&mesh](const std::string& path) {
            return "from: { happn: \"on " + path + "\", mesh: " + mesh + " }\n    ";
        };
        gateway = std::make_unique<GatewayProcess>(GatewayFiles{
            .settings = settings + broker + "spool: { path: \"" + spool.path().string() + "\" }\n",
            .mappings = {{"up.yaml",
                          "version: 1\nroutes:\n  once:\n    " + from("/once/{x}") + target +
                              "  surely:\n    " + from("/surely/{x}") + target +
                              "    delivery: at-least-once\n"}}});
    }

    Mosquitto mosquitto;
    TcpProxy network{mosquitto.port()};
    TemporaryDirectory spool;
    std::unique_ptr<GatewayProcess> gateway;
};

struct Way {
    std::string generation;  // of the publisher; "node": the newest, at the gateway's own node
    std::string route;
    std::string name() const { return name_of_version(generation) + "_" + route; }
};

void PrintTo(const Way& way, std::ostream* out) {
    *out << way.name();
}

class AcknowledgedPublication : public testing::TestWithParam<Way> {
protected:
    void SetUp() override {
        const bool at_node = GetParam().generation == "node";
        if (!at_node) mesh_ = std::make_unique<JsMesh>(JsMeshOptions{.generation = GetParam().generation});
        bridge_ = std::make_unique<Bridge>(at_node ? "node: { enabled: true }\n" : mesh_settings(*mesh_),
                                           at_node ? "node" : "site");
        publisher_ = std::make_unique<JsClient>(happn_client_of(at_node ? "13.1.1" : GetParam().generation));
        publisher_->connect(at_node ? bridge_->gateway->port() : mesh_->port());
    }

    int publish() {
        return publisher_->start(
            {{"command", "set_acknowledged"}, {"path", "/" + GetParam().route + "/1"}, {"data", {{"a", 1}}}});
    }

    std::unique_ptr<JsMesh> mesh_;
    std::unique_ptr<Bridge> bridge_;
    std::unique_ptr<JsClient> publisher_;
};

TEST_P(AcknowledgedPublication, IsAcknowledgedWhenTheBrokerHasIt) {
    MqttProbe probe{bridge_->mosquitto.port()};
    probe.subscribe("up/#");
    bridge_->network.stall();
    const int publication = publish();
    EXPECT_TRUE(eventually([&] { return bridge_->gateway->route(GetParam().route).pending == 1; }));
    publisher_->set("/marker", {{"b", 2}});
    EXPECT_FALSE(publisher_->is_answered(publication));
    bridge_->network.resume();
    EXPECT_EQ(publisher_->finish(publication)["result"]["acknowledged"], 1);
    probe.wait_message("up/1");
    EXPECT_EQ(bridge_->gateway->route(GetParam().route).outcome("delivered"), 1u);
}

std::vector<Way> ways() {
    std::vector<Way> all;
    for (const char* generation : {"2.13.0", "5.2.1", "11.16.1", "13.1.1", "node"}) {
        all.push_back({generation, "once"});
        all.push_back({generation, "surely"});
    }
    return all;
}

INSTANTIATE_TEST_SUITE_P(Publishers, AcknowledgedPublication, testing::ValuesIn(ways()), [](const auto& way) {
    return way.param.name();
});

}  // namespace
