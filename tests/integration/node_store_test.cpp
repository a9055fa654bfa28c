// The node with its items in a file: what a client was told to be stored is there after a crash.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/gateway_process.hpp"
#include "tests/support/js_peer.hpp"

namespace {

using namespace support;
using nlohmann::json;

json item_and_times(const json& got) {
    const json& meta = got.at("_meta");
    return {
        {"celsius", got.at("celsius")}, {"created", meta.at("created")}, {"modified", meta.at("modified")}};
}

class NodeStoreFile : public testing::Test {
protected:
    GatewayFiles files() const {
        return {.settings = "node: { store: \"" + (directory_.path() / "node.sqlite").string() + "\" }\n",
                .mappings = {{"none.yaml", "version: 1\n"}}};
    }
    TemporaryDirectory directory_;
};

class NodeStoreFileOf : public NodeStoreFile, public testing::WithParamInterface<const char*> {};

TEST_P(NodeStoreFileOf, HoldsItemsOverACrash) {
    json before;
    {
        GatewayProcess gateway{files()};
        JsClient client{GetParam()};
        client.connect(gateway.port());
        client.set("/plant/kept", {{"celsius", 21.5}});
        client.set("/plant/gone", {{"celsius", 1}});
        client.set("/plant/passing", {{"celsius", 2}}, {{"noStore", true}});
        client.remove("/plant/gone");
        before = item_and_times(client.get("/plant/kept"));
        gateway.kill();
    }
    GatewayProcess gateway{files()};
    JsClient client{GetParam()};
    client.connect(gateway.port());
    EXPECT_EQ(item_and_times(client.get("/plant/kept")), before);
    EXPECT_EQ(client.get("/plant/*").size(), 1U);
    EXPECT_EQ(client.set("/plant/kept", {{"celsius", 22}}).at("_meta").at("created"), before.at("created"));
}

INSTANTIATE_TEST_SUITE_P(Clients,
                         NodeStoreFileOf,
                         testing::Values("happn-3@1.12.1", "happn-3@13.12.1"),
                         [](const auto& client) {
                             return std::string{client.param} == "happn-3@1.12.1" ? "Old" : "Current";
                         });

TEST_F(NodeStoreFile, LosesNothingAcknowledgedWhenItsGatewayIsKilledInTheMiddleOfWrites) {
    constexpr std::size_t in_flight = 100;
    constexpr std::size_t answers = 1000;
    GatewayProcess writing{files()};
    JsClient client{"happn-3@13.12.1"};
    client.connect(writing.port());
    std::vector<int> sets;
    std::size_t acknowledged = 0;
    while (acknowledged < answers) {
        while (sets.size() < acknowledged + in_flight) {
            const auto n = std::to_string(sets.size());
            sets.push_back(
                client.start({{"command", "set"}, {"path", "/n/" + n}, {"data", {{"n", sets.size()}}}}));
        }
        client.finish(sets.at(acknowledged++));
    }
    writing.kill();

    GatewayProcess gateway{files()};
    JsClient reader{"happn-3@13.12.1"};
    reader.connect(gateway.port());
    const auto stored = reader.get("/n/*", {{"options", {{"sort", {{"n", 1}}}}}});
    ASSERT_GE(stored.size(), acknowledged);
    for (std::size_t i = 0; i < acknowledged; ++i) {
        EXPECT_EQ(stored.at(i).at("n"), i);
    }
}

TEST_F(NodeStoreFile, IsRefusedToASecondGatewayWhichSaysSo) {
    GatewayProcess first{files()};
    try {
        GatewayProcess second{files()};
        ADD_FAILURE() << "it started";
    } catch (const WaitFailed& failed) {
        EXPECT_NE(std::string{failed.what()}.find("node.sqlite: another process has it"), std::string::npos)
            << failed.what();
    }
}

}  // namespace
