// The gateway's node, visited by the real JavaScript clients of every generation: what they do on a happner
// node they can do here, and they come back by themselves when the gateway does.
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/free_port.hpp"
#include "tests/support/gateway_process.hpp"
#include "tests/support/js_peer.hpp"

namespace support {
namespace {

using Json = nlohmann::json;

constexpr const char* domain = "TestNode";

GatewayFiles files(std::uint16_t port) {
    GatewayFiles files;
    files.settings = "name: " + std::string{domain} + "\nlisten: [\"127.0.0.1:" + std::to_string(port) +
                     "\"]\nrest: { mesh: node }";
    files.mappings["greeter.yaml"] = R"(version: 1
components:
  greeter:
    version: 1.2.0
    methods:
      greet: { parameters: { name: { type: string, required: true } }, to: { answer: { hello: "{name}" } } }
)";
    return files;
}

class NodeJsClient : public testing::TestWithParam<const char*> {
protected:
    void SetUp() override { start_gateway(); }

    void start_gateway() { gateway_ = std::make_unique<GatewayProcess>(files(port_)); }
    void restart_gateway() {
        gateway_->stop();
        gateway_.reset();
        start_gateway();
    }
    /// A second, independent client.
    JsClient& other() {
        if (!other_) {
            other_ = std::make_unique<JsClient>("happn-3@13.12.1");
            other_->connect(port_);
        }
        return *other_;
    }
    bool has_components() const {
        return std::string_view{GetParam()}.find("happn-3") == std::string_view::npos;
    }

    const std::uint16_t port_ = free_port();
    std::unique_ptr<GatewayProcess> gateway_;
    std::unique_ptr<JsClient> other_;
};

/// Those that know components.
class NodeHappnerClient : public NodeJsClient {};

TEST_P(NodeJsClient, SetsGetsHearsRemovesAndLeaves) {
    JsClient client{GetParam()};
    EXPECT_FALSE(client.connect(port_, {}, domain)["session"].get<std::string>().empty());

    const int subscription = client.on("/devices/*");
    other().set("/devices/d1", {{"celsius", 21.5}});
    const Json heard = client.wait_message(subscription);
    EXPECT_EQ(heard["data"]["celsius"], 21.5);
    EXPECT_EQ(heard["meta"]["path"], "/devices/d1");
    EXPECT_EQ(client.get("/devices/d1")["celsius"], 21.5);

    client.set("/devices/d2", {{"celsius", 1}});
    EXPECT_EQ(client.wait_message(subscription)["data"]["celsius"], 1);
    EXPECT_EQ(client.get("/devices/*").size(), 2u);
    client.remove("/devices/d1");
    client.wait_message(subscription);
    EXPECT_TRUE(client.get("/devices/d1").is_null());

    client.off(subscription);
    other().set("/devices/d3", {{"celsius", 2}});
    client.set("/devices/d3",
               {{"celsius", 3}});  // answered after anything that the first set would have brought
    EXPECT_EQ(client.waiting_messages(subscription), 0u);
    client.disconnect();
}

TEST_P(NodeHappnerClient, CallsAComponentAndGetsItsErrors) {
    JsClient client{GetParam()};
    client.connect(port_, {}, domain);
    EXPECT_EQ(client.call("greeter", "greet", {"ann"}), Json::parse(R"({"hello":"ann"})"));
    EXPECT_EQ(client.call("greeter", "greet", {"bob"}), Json::parse(R"({"hello":"bob"})"));
    EXPECT_THROW(client.call("greeter", "greet", {5}), JsError);
    EXPECT_EQ(client.call("greeter", "greet", {"cid"}), Json::parse(R"({"hello":"cid"})"));
}

TEST_P(NodeHappnerClient, GetsTheEventsOfAComponent) {
    JsClient client{GetParam()};
    client.connect(port_, {}, domain);
    const int subscription = client.on_event("greeter", "greeted/ann");
    other().set("/_events/TestNode/greeter/greeted/ann",
                {{"times", 3}},
                {{"noStore", true}, {"meta", {{"componentVersion", "1.2.0"}}}});
    EXPECT_EQ(client.wait_message(subscription)["data"]["times"], 3);
}

TEST_P(NodeJsClient, ReconnectsWhenItsSocketIsCut) {
    JsClient client{GetParam()};
    client.connect(port_, {}, domain);
    const int subscription = client.on("/devices/*");
    client.drop();
    client.wait_event("reconnected");
    other().set("/devices/d1", {{"celsius", 1}});
    EXPECT_EQ(client.wait_message(subscription)["data"]["celsius"], 1);
}

TEST_P(NodeJsClient, ComesBackToAGatewayThatHasBeenRestarted) {
    JsClient client{GetParam()};
    client.connect(port_, {}, domain);
    const int subscription = client.on("/devices/*");
    restart_gateway();
    client.wait_event("reconnected");
    other().set("/devices/d1", {{"celsius", 1}});
    EXPECT_EQ(client.wait_message(subscription)["data"]["celsius"], 1);
    if (has_components()) {
        EXPECT_EQ(client.call("greeter", "greet", {"ann"}), Json::parse(R"({"hello":"ann"})"));
    }
}

std::string kind_name(const testing::TestParamInfo<const char*>& of) {
    return name_of_version(of.param);
}

const auto happner_kinds = testing::Values("mesh-client@2.13.0",
                                           "mesh-client@5.2.1",
                                           "mesh-client@11.16.1",
                                           "mesh-client@13.1.1",
                                           "happner-client@2.0.0",
                                           "happner-client@11.6.7",
                                           "happner-client@12.7.6",
                                           "light-client@11.6.7",
                                           "light-client@12.7.6");

INSTANTIATE_TEST_SUITE_P(Happn,
                         NodeJsClient,
                         testing::Values("happn-3@1.12.1", "happn-3@13.12.1"),
                         kind_name);
INSTANTIATE_TEST_SUITE_P(Happner, NodeJsClient, happner_kinds, kind_name);
INSTANTIATE_TEST_SUITE_P(Happner, NodeHappnerClient, happner_kinds, kind_name);

}  // namespace
}  // namespace support
