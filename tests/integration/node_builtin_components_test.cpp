// The components that every happner node has, called on the gateway's node by the real JavaScript clients of
// both generations and over /rest; and the description, which follows the mappings while clients are
// connected.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/temporary_directory.hpp"

namespace support {
namespace {

using nlohmann::json;

std::string component(const std::string& name) {
    return "version: 1\ncomponents: { " + name +
           ": { methods: { greet: { parameters: [name], to: { answer: \"hello {name}\" } } } } }\n";
}

class NodeBuiltinComponents : public testing::TestWithParam<const char*> {
protected:
    void SetUp() override { client.connect(gateway.port(), {}, "gateway"); }
    void reload_with(const std::string& text) {
        std::ofstream{mappings_.path() / "components.yaml"} << text;
        const std::size_t seen = gateway.process().line_count();
        gateway.process().signal(SIGHUP);
        gateway.process().wait_for_line("reloaded", patience, seen);
    }
    /// The client has heard of the component.
    bool knows(const std::string& name) {
        try {
            return client.call(name, "greet", {"ann"}) == "hello ann";
        } catch (const JsError&) {
            return false;
        }
    }

    std::string settings() {
        mappings_.write("components.yaml", component("first"));
        return "rest: { mesh: node }\nmappings: [\"" + (mappings_.path() / "*.yaml").string() + "\"]\n";
    }

    TemporaryDirectory mappings_;
    GatewayProcess gateway{{.settings = settings(), .mappings = {}}};
    JsClient client{GetParam()};
};

/// Those that read the description, and learn of changes.
class NodeDescription : public NodeBuiltinComponents {};

TEST_P(NodeBuiltinComponents, DataSetsGetsCountsAndRemoves) {
    const json options = json::object();
    const json set = client.call("data", "set", {"/t/1", {{"a", 1}}, options});
    EXPECT_EQ(set["a"], 1);
    EXPECT_EQ(set["_meta"]["path"], "/_data/data/t/1");
    EXPECT_EQ(client.call("data", "get", {"/t/1", options})["a"], 1);
    client.call("data", "set", {"/t/2", {{"a", 2}}, options});
    EXPECT_EQ(client.call("data", "get", {"/t/*", options}).size(), 2u);
    EXPECT_EQ(client.call("data", "getPaths", {"/t/*"}).size(), 2u);
    EXPECT_EQ(client.call("data", "count", {"/t/*", options})["value"], 2);
    EXPECT_EQ(client.call("data", "increment", {"/c", "visits", 2})["value"], 2);
    EXPECT_EQ(client.call("data", "remove", {"/t/*", options})["removed"], 2);
    EXPECT_TRUE(client.call("data", "get", {"/t/1", options}).is_null());
    EXPECT_EQ(client.get("/_data/data/c")["visits"]["value"], 2) << "where a happn client finds it";
}

TEST_P(NodeBuiltinComponents, DataRefusesWhatTheNodeRefuses) {
    try {
        client.call("data", "set", {"/t/*", {{"a", 1}}, json::object()});
        ADD_FAILURE() << "a path with a wildcard was set";
    } catch (const JsError& error) {
        EXPECT_NE(error.error["message"].get<std::string>().find("cannot contain the * wildcard"),
                  std::string::npos);
    }
}

TEST_P(NodeBuiltinComponents, DataIsAnEventOfTheComponent) {
    const int subscription = client.on_event("data", "changed");
    client.call("data", "set", {"changed", {{"a", 1}}, json::object()});
    EXPECT_EQ(client.wait_message(subscription)["data"]["a"], 1);
}

TEST_P(NodeBuiltinComponents, SystemTellsItsStatistics) {
    const json stats = client.call("system", "getStats");
    EXPECT_EQ(stats["system"]["meshName"], "gateway");
    EXPECT_EQ(stats["system"]["host"], "gateway");
    EXPECT_GT(stats["usage"]["memory"], 0);
    EXPECT_EQ(client.call("system", "systemInfo")["platform"], "linux");
    EXPECT_EQ(client.call("api", "test", {"hi"}), "hi tested ok");
}

TEST_P(NodeBuiltinComponents, MethodsThatAreNotServedAreUnknown) {
    EXPECT_THROW(client.call("data", "offAll"), JsError);
    EXPECT_THROW(client.call("system", "setLogLevel", {"trace"}), JsError);
    EXPECT_EQ(client.call("api", "test", {"still"}), "still tested ok");
}

TEST_P(NodeDescription, FollowsTheMappingsWhileClientsAreConnected) {
    EXPECT_TRUE(knows("first"));
    EXPECT_FALSE(knows("second"));
    reload_with(component("second"));
    EXPECT_TRUE(eventually([&] { return knows("second"); }));
    EXPECT_FALSE(knows("first"));
    EXPECT_EQ(client.call("api", "test", {"hi"}), "hi tested ok");
}

TEST(NodeBuiltinComponentsOverRest, AreDescribedAndCalledAsOnAHappnerNode) {
    GatewayProcess gateway{{.settings = "rest: { mesh: node }\n", .mappings = {{"c.yaml", component("c")}}}};
    auto http = gateway.http();
    const auto call = [&](const std::string& method, const json& parameters) {
        const auto answer =
            http.Post("/rest/method/" + method, json{{"parameters", parameters}}.dump(), "application/json");
        return json::parse(answer->body);
    };
    const json menu = json::parse(http.Get("/rest/describe")->body)["data"];
    EXPECT_EQ(menu["/data/set"], json::parse(R"({"uri":"/data/set",
        "parameters":{"path":"{{path}}","data":"{{data}}","opts":"{{opts}}"}})"));
    EXPECT_EQ(menu["/system/getStats"]["parameters"], json::object());
    EXPECT_TRUE(menu.contains("/c/greet"));
    EXPECT_FALSE(menu.contains("/data/on"));

    EXPECT_EQ(call("data/set", {{"path", "/r/1"}, {"data", {{"a", 1}}}})["data"]["a"], 1);
    EXPECT_EQ(call("data/get", {{"path", "/r/1"}})["data"]["_meta"]["path"], "/_data/data/r/1");
    EXPECT_EQ(call("data/getPaths", {{"path", "/r/*"}})["data"],
              json::parse(R"([{"_meta":{"path":"/_data/data/r/1"}}])"));
    EXPECT_EQ(call("gateway/system/getStats", json::object())["data"]["system"]["meshName"], "gateway");
    EXPECT_EQ(
        call("data/set", {{"path", "/r/*"}, {"data", 1}}),
        json::parse(
            R"({"message":"Call failed","data":null,"error":{"message":)"
            R"("Bad path, if the action is 'set' the path cannot contain the * wildcard character"}})"));
    EXPECT_EQ(http.Post("/rest/method/data/offAll", "{}", "application/json")->status, 404);
    EXPECT_EQ(http.Post("/rest/method/security/listUsers", "{}", "application/json")->status, 403);
}

std::string kind_name(const testing::TestParamInfo<const char*>& of) {
    std::string name{of.param};
    const auto odd = [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); };
    std::replace_if(name.begin(), name.end(), odd, '_');
    return name;
}

const auto kinds = testing::Values(
    "mesh-client@2.13.0", "mesh-client@13.1.1", "happner-client@12.7.6", "light-client@12.7.6");

INSTANTIATE_TEST_SUITE_P(Happner, NodeBuiltinComponents, kinds, kind_name);
INSTANTIATE_TEST_SUITE_P(Happner,
                         NodeDescription,
                         testing::Values("mesh-client@2.13.0", "mesh-client@13.1.1"),
                         kind_name);

}  // namespace
}  // namespace support
