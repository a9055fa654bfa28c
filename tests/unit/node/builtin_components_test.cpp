// The components that every happner node has: what each method answers (shapes recorded from
// happner-2 13.1.1), and what strangers cannot do with them.
#include "adapters/happn/node/builtin_components.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/unit/node/node_harness.hpp"

namespace happn::test {
namespace {

gateway::NodeSettings three_items() {
    gateway::NodeSettings settings;
    settings.max_items = 3;  // two of them are the schema's
    return settings;
}

class Builtin : public NodeTest {
protected:
    explicit Builtin(gateway::NodeSettings settings = {}) : NodeTest{std::move(settings)} {
        visitor.on("/SET@/_exchange/responses/" + visitor.id + "/*");
    }

    /// The answer to an exchange request of the visitor: {"status":..,"args":[..]}
    Json answer(const std::string& method, Json args) {
        const std::string responses = "/_exchange/responses/";
        for (const auto& frame : visitor.call(method, std::move(args))) {
            if (frame["_meta"].value("path", "").starts_with(responses)) {
                return frame["data"];
            }
        }
        return {};
    }
    Json result(const std::string& method, Json args) {
        const auto given = answer(method, std::move(args));
        EXPECT_EQ(given.value("status", ""), "ok") << given;
        return given.value("status", "") == "ok" ? given["args"][1] : Json{};
    }
    std::string refusal(const std::string& method, Json args) {
        const auto given = answer(method, std::move(args));
        EXPECT_EQ(given.value("status", ""), "error") << given;
        return given.value("status", "") == "error" ? given["args"][0]["message"].get<std::string>() : "";
    }
    Outcome call(const std::string& component, const std::string& name, std::string args) {
        Outcome outcome;
        node.call({component,
                   name,
                   gateway::Bytes{std::move(args)},
                   gateway::Principal::anonymous(),
                   gateway::Clock::now() + std::chrono::seconds{5}},
                  [&](Outcome given) { outcome = std::move(given); });
        return outcome;
    }

    Visitor visitor{node};
};

class FullBuiltin : public Builtin {
protected:
    FullBuiltin() : Builtin{three_items()} {}
};

// --- what is described ---------------------------------------------------------------------------

TEST_F(Builtin, MethodsAreDescribedWithTheParametersOfTheRealOnes) {
    const auto& components = node.description()->components;
    const auto parameters = [&](const std::string& component, const std::string& method) {
        return components.at(component).methods.at(method).parameters;
    };
    using Names = std::vector<std::string>;
    EXPECT_EQ(parameters("data", "set"), (Names{"path", "data", "opts", "callback"}));
    EXPECT_EQ(parameters("data", "getPaths"), (Names{"path", "callback"}));
    EXPECT_EQ(parameters("data", "increment"), (Names{"path", "gauge", "increment", "callback"}));
    EXPECT_EQ(parameters("api", "test"), (Names{"message", "done"}));
    EXPECT_EQ(parameters("system", "getStats"), Names{"callback"});
    EXPECT_TRUE(components.at("security").methods.empty());
    EXPECT_TRUE(components.at("rest").methods.empty());
}

TEST_F(Builtin, EveryDescribedMethodIsServedAndNoOther) {
    for (const auto& method : node::BuiltinComponents::methods()) {
        const auto name = std::string{method.component} + '/' + std::string{method.name};
        EXPECT_NE(answer(name, Json::array()).value("status", ""), "failed") << name;
    }
    for (const char* name : {"data/on",
                             "data/off",
                             "data/offAll",
                             "data/offPath",
                             "system/setLogLevel",
                             "system/stop",
                             "system/initialize",
                             "api/start",
                             "rest/initialize",
                             "security/listUsers"}) {
        EXPECT_EQ(answer(name, Json::array())["status"], "failed") << name;
    }
}

TEST_F(Builtin, ADeclaredComponentStandsForItselfAlone) {
    gateway::ComponentRule rule;
    rule.name = "data";
    apply({method("data", "mine", {})}, {{"data", rule}});
    EXPECT_EQ(answer("data/get", {"/a"})["status"], "failed");
    EXPECT_TRUE(call("data", "get", R"(["/a"])").error);
    EXPECT_EQ(node.description()->components.at("data").methods.count("get"), 0u);
    apply({});
    EXPECT_EQ(answer("data/get", {"/a"})["status"], "ok");
}

// --- data ----------------------------------------------------------------------------------------

TEST_F(Builtin, DataIsKeptBelowItsOwnTree) {
    const auto set = result("data/set", {"/t/1", {{"a", 1}}, Json::object()});
    EXPECT_EQ(set["a"], 1);
    EXPECT_EQ(set["_meta"]["path"], "/_data/data/t/1");
    EXPECT_EQ(set["_meta"]["published"], true);
    EXPECT_EQ(set["_meta"]["action"], "set");
    EXPECT_GT(set["_meta"]["created"], 0);
    EXPECT_EQ(result("data/set", {"t/2", 5})["_meta"]["path"], "/_data/data/t/2");
    EXPECT_EQ(result("data/get", {"/t/1"})["a"], 1);
    EXPECT_EQ(result("data/get", {"/t/2", Json::object()})["value"], 5);
    EXPECT_TRUE(result("data/get", {"/nope"}).is_null());
    EXPECT_EQ(
        visitor.ask({{"action", "get"}, {"eventId", 9}, {"path", "/_data/data/t/1"}}).at(0)["data"]["a"], 1);
    EXPECT_EQ(result("data/get", {"/mesh/schema/*"}), Json::array()) << "nothing outside its tree";
}

TEST_F(Builtin, DataAnswersListsCountsAndPaths) {
    result("data/set", {"/t/1", {{"a", 1}}});
    result("data/set", {"/t/2", {{"a", 2}}});
    const auto list = result("data/get", {"/t/*", nullptr});
    ASSERT_EQ(list.size(), 2u);
    EXPECT_EQ(list[1]["a"], 2);
    EXPECT_EQ(list[1]["_meta"]["path"], "/_data/data/t/2");
    EXPECT_EQ(result("data/get", {"/t/*", {{"criteria", {{"a", 2}}}}}).size(), 1u);
    EXPECT_EQ(result("data/get", {"/nope/*"}), Json::array());
    EXPECT_EQ(result("data/getPaths", {"/t/*"}),
              Json::parse(R"([{"_meta":{"path":"/_data/data/t/1"}},{"_meta":{"path":"/_data/data/t/2"}}])"));
    EXPECT_EQ(result("data/count", {"/t/*"})["value"], 2);
    const auto removed = result("data/remove", {"/t/*", Json::object()});
    EXPECT_EQ(removed["removed"], 2);
    EXPECT_EQ(removed["_meta"]["path"], "/_data/data/t/*");
}

TEST_F(Builtin, DataTakesTheOptionsOfARequest) {
    result("data/set", {"/t/1", {{"a", 1}}});
    const auto merged = result("data/set", {"/t/1", {{"b", 2}}, {{"merge", true}}});
    EXPECT_EQ(merged["a"], 1);
    EXPECT_EQ(merged["b"], 2);
    result("data/set", {"/t/2", {{"a", 1}}, {{"noStore", true}}});
    EXPECT_TRUE(result("data/get", {"/t/2"}).is_null());
    EXPECT_EQ(result("data/set", {"/t/1", {{"a", 1}}, "no options"})["a"], 1);
    EXPECT_EQ(refusal("data/set", {"/t/1", {{"a", 1}}, {{"consistency", 3}}}),
              "onPublished handler in options is missing");
}

TEST_F(Builtin, DataCounts) {
    EXPECT_EQ(result("data/increment", {"/c", "g", 3})["value"], 3);
    const auto second = result("data/increment", {"/c", "g", 2});
    EXPECT_EQ(second["value"], 5);
    EXPECT_EQ(second["gauge"], "g");
    EXPECT_EQ(result("data/increment", {"/d"})["gauge"], "counter");
    EXPECT_EQ(refusal("data/increment", {"/c", "g", "x"}), "increment must be a number");
}

TEST_F(Builtin, DataIsPublishedAndIsAnEventOfTheComponent) {
    Visitor listener{node};
    listener.on("/ALL@/_data/data/t/*");
    listener.on("/SET@/_events/Gate/data/t/1");
    result("data/set", {"/t/1", {{"a", 1}}});
    auto heard = listener.heard();
    ASSERT_EQ(heard.size(), 1u) << "the event's key has the slash it was given, as on a happner node";
    EXPECT_EQ(heard[0]["_meta"]["path"], "/_data/data/t/1");
    EXPECT_NE(heard[0]["_meta"]["sessionId"], visitor.id) << "the node is the publisher";
    result("data/set", {"t/1", {{"a", 2}}});
    heard = listener.heard();
    ASSERT_EQ(heard.size(), 2u);
    EXPECT_EQ(heard[1]["_meta"]["path"], "/_events/Gate/data/t/1");
    EXPECT_EQ(heard[1]["_meta"]["componentVersion"], "0.1.0");
    result("data/set", {"t/1", {{"a", 3}}, {{"noPublish", true}}});
    EXPECT_TRUE(listener.heard().empty());
}

TEST_F(Builtin, DataRefusesThePathsThatAClientIsRefused) {
    EXPECT_NE(refusal("data/set", {"/t/*", {{"a", 1}}}).find("cannot contain the * wildcard"),
              std::string::npos);
    EXPECT_NE(refusal("data/set", {"/t/#", {{"a", 1}}}).find("Bad path"), std::string::npos);
    EXPECT_NE(refusal("data/set", {std::string(node::max_path, 'a'), 1}).find("longer than"),
              std::string::npos);
    for (const Json& path : {Json{}, Json{5}, Json{""}, Json::object()}) {
        EXPECT_EQ(refusal("data/get", {path}), "[bad path]: either empty or not a string");
    }
}

TEST_F(FullBuiltin, DataHoldsTheLimitsOfTheStore) {
    EXPECT_EQ(result("data/set", {"/t/1", 1})["value"], 1);
    const auto refused = answer("data/set", {"/t/2", 1});
    EXPECT_EQ(refused, Json::parse(R"({"status":"error","args":[
        {"message":"the store is full","name":"SystemError","code":500}]})"));
}

TEST_F(Builtin, ARouteThatFeedsItselfThroughDataEndsAtTheHopLimit) {
    auto route = happn_to_happn("echo", "/_data/data/{x}", "/unused");
    gateway::CallTarget again;
    again.mesh = "node";
    again.method =
        gateway::AddressTemplate::parse("data/set", gateway::AddressTemplate::Kind::call, {}).value();
    route.targets.front().rule = std::move(again);
    apply({std::move(route)});
    Json arguments = 1;
    for (int i = 0; i < 30; ++i) {  // each call's data is the next one's arguments
        arguments = Json{{"path", "x"}, {"data", std::move(arguments)}};
    }
    Visitor listener{node};
    listener.on("/ALL@/_data/data/*");
    result("data/set", {"x", arguments});
    const auto heard = listener.heard().size();
    EXPECT_GT(heard, 2u);
    EXPECT_LT(heard, 12u);
    EXPECT_EQ(dispatcher.pending(), 0u);
}

/// Else a client could have a route act as the gateway where it has no right of its own.
TEST_F(Builtin, WhatIsSetThroughDataIsItsCallersNotTheGateways) {
    auto route = happn_to_happn("up", "/_data/data/{x}", "/up/{x}");
    gateway::MqttTarget target;
    target.broker = "local";
    target.topic =
        gateway::AddressTemplate::parse("up", gateway::AddressTemplate::Kind::mqtt, gateway::Scope{}).value();
    route.targets.front().rule = std::move(target);
    apply({std::move(route)});
    result("data/set", {"x", 1});
    ASSERT_EQ(sinks.local.delivered.size(), 1u);
    EXPECT_EQ(sinks.local.delivered[0].second.principal.kind, gateway::PrincipalKind::user);
    EXPECT_EQ(sinks.local.delivered[0].second.principal.session_id, visitor.id);
    call("data", "set", R"(["x",2])");
    ASSERT_EQ(sinks.local.delivered.size(), 2u);
    EXPECT_EQ(sinks.local.delivered[1].second.principal.kind, gateway::PrincipalKind::user);
}

// --- system and api ------------------------------------------------------------------------------

std::set<std::string> keys_of(const Json& object) {
    std::set<std::string> keys;
    for (const auto& [key, value] : object.items()) {
        keys.insert(key);
    }
    return keys;
}

TEST_F(Builtin, SystemTellsHowItIsDoingAndNothingElse) {
    using Keys = std::set<std::string>;
    const Keys machine{
        "host", "type", "platform", "arch", "release", "totalmem", "freemem", "cpus", "happnerVersion"};
    const auto info = result("system/systemInfo", Json::array());
    EXPECT_EQ(keys_of(info), machine);
    EXPECT_EQ(info["host"], "Gate") << "not the machine's name";
    EXPECT_EQ(info["release"], "");
    EXPECT_EQ(info["platform"], "linux");
    EXPECT_GT(info["totalmem"], 0);
    ASSERT_FALSE(info["cpus"].empty());
    EXPECT_EQ(keys_of(info["cpus"][0]["times"]), (Keys{"user", "nice", "sys", "idle", "irq"}));

    const auto stats = result("system/getStats", Json::array());
    EXPECT_EQ(keys_of(stats), (Keys{"measurementInterval", "system", "timestamp", "usage"}));
    EXPECT_EQ(stats["system"]["meshName"], "Gate");
    EXPECT_GE(stats["system"]["upTime"], 0);
    EXPECT_EQ(keys_of(stats["usage"]), (Keys{"memory", "memoryInfo", "cpu"}));
    EXPECT_GT(stats["usage"]["memoryInfo"]["rss"], 0);
    EXPECT_GE(stats["usage"]["cpu"], 0);
    EXPECT_GT(stats["measurementInterval"], 0);
}

TEST_F(Builtin, ApiIsTested) {
    EXPECT_EQ(result("api/test", {"hi"}), "hi tested ok");
    EXPECT_EQ(result("system/compactDBFile", Json::array()), nullptr);
}

// --- from inside ---------------------------------------------------------------------------------

TEST_F(Builtin, CallsFromInsideAreAnsweredToo) {
    EXPECT_EQ(Json::parse(call("data", "set", R"(["/r",{"a":1},null])").answer.bytes.view())["a"], 1);
    const auto got = call("data", "get", R"(["/r",null])");
    ASSERT_EQ(got.answers.size(), 1u);
    EXPECT_EQ(Json::parse(got.answers[0].view())["_meta"]["path"], "/_data/data/r");
    const auto refused = call("data", "set", R"(["/r/*",1,null])");
    ASSERT_TRUE(refused.error);
    EXPECT_EQ(refused.error->errc, gateway::Errc::mesh_error);
    EXPECT_EQ(call("data", "offAll", "[]").error->errc, gateway::Errc::not_found);
    EXPECT_EQ(call("system", "compactDBFile", "[]").answer.bytes.view(), "null");
}

TEST_F(Builtin, ADrainingNodeRefusesThem) {
    node.drain();
    EXPECT_EQ(answer("api/test", {"hi"})["args"][0]["name"], "Unavailable");
}

}  // namespace
}  // namespace happn::test
