// The node among the meshes: components that the gateway provides, routes from and to the node, and who hears
// what.
#include "adapters/happn/node/node.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/unit/node/node_harness.hpp"

namespace happn::test {
namespace {

// --- schema --------------------------------------------------------------------------------------

TEST_F(NodeTest, SchemaIsThereFromTheStartAndNamesTheNodeAndItsBuiltIns) {
    Visitor visitor{node};
    const auto list = visitor.ask({{"action", "get"}, {"eventId", 1}, {"path", "/mesh/schema/*"}}).at(0);
    ASSERT_EQ(list.size(), 3u);
    EXPECT_EQ(list[0]["_meta"]["path"], "/mesh/schema/config");
    EXPECT_EQ(list[0]["happn"]["secure"], false);
    const auto& description = list[1];
    EXPECT_EQ(description["name"], "Gate");
    EXPECT_EQ(description["initializing"], false);
    for (const char* name : {"security", "api", "system", "rest", "data"}) {
        EXPECT_TRUE(description["components"].contains(name)) << name;
    }
}

TEST_F(NodeTest, NewTablesAreDescribedAndPublishedOnce) {
    Visitor visitor{node};
    visitor.on("/ALL@/mesh/schema/description");
    provide_thermostat();
    const auto heard = visitor.heard();
    ASSERT_EQ(heard.size(), 1u);
    const auto& component = heard[0]["data"]["components"]["thermostat"];
    EXPECT_EQ(component["version"], "1.2.0");
    EXPECT_EQ(component["methods"]["setTarget"]["parameters"],
              Json::parse(R"([{"name":"device"},{"name":"celsius"},{"name":"callback"}])"));
    provide_thermostat();
    EXPECT_TRUE(visitor.heard().empty()) << "nothing has changed";
    ASSERT_NE(node.description(), nullptr);
    EXPECT_EQ(node.description()->domain, "Gate");
    EXPECT_TRUE(node.description()->components.at("thermostat").methods.contains("setTarget"));
}

// --- stopping ------------------------------------------------------------------------------------

TEST_F(NodeTest, ADrainingNodeRefusesNewCallsAndSocketsAndFinishesWhatIsUnderWay) {
    provide_thermostat();
    Visitor visitor{node};
    visitor.on("/SET@/_exchange/responses/" + visitor.id + "/*");
    EXPECT_TRUE(visitor.call("thermostat/setTarget", {"d1", 21}).empty());
    node.drain();
    const auto refused = visitor.call("thermostat/setTarget", {"d1", 22});
    ASSERT_EQ(refused.size(), 1u);
    EXPECT_EQ(refused[0]["data"]["status"], "error");
    EXPECT_EQ(refused[0]["data"]["args"][0]["name"], "Unavailable");
    EXPECT_EQ(refused[0]["data"]["args"][0]["message"], "the gateway is stopping");
    EXPECT_EQ(sinks.local.delivered.size(), 1u);
    FakeLink link;
    EXPECT_EQ(node.open(link, {"/primus", "127.0.0.1", 1, {}}), nullptr);
    device_answers(Outcome{json_payload("true")});
    const auto answered = visitor.heard();
    ASSERT_EQ(answered.size(), 1u);
    EXPECT_EQ(answered[0]["data"]["status"], "ok");
}

// --- calls ---------------------------------------------------------------------------------------

class NodeCall : public NodeTest, public testing::WithParamInterface<const char*> {
protected:
    NodeCall() {
        provide_thermostat();
        visitor.on("/SET@/_exchange/responses/" + visitor.id + "/*");
    }
    Json answer_of(const std::vector<Json>& frames) {
        EXPECT_EQ(frames.size(), 1u);
        return frames.size() == 1 ? frames[0]["data"] : Json{};
    }
    Visitor visitor{node, GetParam()};
};

INSTANTIATE_TEST_SUITE_P(Dialects, NodeCall, testing::Values("happn_4", "happn_1.3.0"), [](const auto& of) {
    return of.param == std::string_view{"happn_4"} ? "Current" : "Old";
});

TEST_P(NodeCall, RunsAsARouteAndAnswersOnTheCallbackAddress) {
    EXPECT_TRUE(visitor.call("thermostat/setTarget", {"d1", 21.5}).empty());
    ASSERT_EQ(sinks.local.delivered.size(), 1u);
    const auto& output = sinks.local.delivered[0].second;
    EXPECT_EQ(Json::parse(output.payload.bytes.view()), Json::parse(R"({"device":"d1","celsius":21.5})"));
    EXPECT_EQ(output.principal.session_id, visitor.id);
    device_answers(Outcome{json_payload(R"({"ok":true})")});
    const auto heard = visitor.heard();
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(heard[0]["data"], Json::parse(R"({"status":"ok","args":[null,{"ok":true}]})"));
    EXPECT_EQ(heard[0]["_meta"]["channel"], "/SET@/_exchange/responses/" + visitor.id + "/*");
    EXPECT_EQ(heard[0]["_meta"]["path"],
              "/_exchange/responses/" + visitor.id + "/Gate/thermostat/setTarget/1");
    EXPECT_NE(heard[0]["_meta"]["sessionId"], visitor.id);
}

TEST_P(NodeCall, FailuresCarryTheErrorWithItsDetail) {
    visitor.call("thermostat/setTarget", {"d1", 1});
    gateway::Error error{gateway::Errc::mesh_error, "Error", 418, "errr"};
    error.detail = gateway::Bytes{R"({"message":"errr","name":"Error","code":418,"extra":{"x":1}})"};
    device_answers(Outcome{error});
    EXPECT_EQ(
        answer_of(visitor.heard()),
        Json::parse(
            R"({"status":"error","args":[{"message":"errr","name":"Error","code":418,"extra":{"x":1}}]})"));
    visitor.call("thermostat/setTarget", {"d1", 1});
    device_answers(Outcome{gateway::Error{gateway::Errc::timeout, "no answer"}});
    EXPECT_EQ(answer_of(visitor.heard()),
              Json::parse(R"({"status":"error","args":[{"message":"no answer","name":"Timeout"}]})"));
}

TEST_P(NodeCall, TextAndBytesAreAnsweredAsValues) {
    visitor.call("thermostat/setTarget", {"d1", 1});
    device_answers(Outcome{Payload{gateway::Bytes{"say \"hi\""}, gateway::Encoding::text, {}}});
    EXPECT_EQ(answer_of(visitor.heard())["args"][1], "say \"hi\"");
    visitor.call("thermostat/setTarget", {"d1", 1});
    device_answers(
        Outcome{Payload{gateway::Bytes{std::string{"\xff\x00", 2}}, gateway::Encoding::bytes, {}}});
    EXPECT_EQ(answer_of(visitor.heard())["args"][1]["encoding"], "base64");
    visitor.call("thermostat/setTarget", {"d1", 1});
    device_answers(Outcome{});
    EXPECT_EQ(answer_of(visitor.heard()), Json::parse(R"({"status":"ok","args":[null,null]})"));
}

TEST_P(NodeCall, UnknownMethodsAndComponentsAreAnsweredAsHappnerDoes) {
    EXPECT_EQ(answer_of(visitor.call("thermostat/nope", Json::array())),
              Json::parse(R"({"status":"failed","args":[{
        "message":"Call to unconfigured method [thermostat.nope()]","name":"Error"}]})"));
    EXPECT_EQ(answer_of(visitor.call("nope/nope", Json::array())),
              Json::parse(R"({"args":[{"name":"bad endpoint",
        "message":"Call to unconfigured component: [nope.nope]"}]})"));
    EXPECT_EQ(answer_of(visitor.call("security/listActiveSessions", Json::array()))["status"], "failed");
}

TEST_P(NodeCall, VersionsMustFit) {
    EXPECT_EQ(
        answer_of(visitor.call("thermostat/setTarget", Json::array(), {{"version", "^2.0.0"}})),
        Json::parse(
            R"({"status":"failed","args":[{"message":"Call to unconfigured method [thermostat.setTarget]: )"
            R"(request version [^2.0.0] does not match component version [1.2.0]","name":"Error"}]})"));
    visitor.call("thermostat/setTarget", {"d1", 1}, {{"version", "^1.0.0"}});
    EXPECT_EQ(sinks.local.delivered.size(), 1u);
}

TEST_P(NodeCall, MissingOrWrongArgumentsAreNone) {
    for (const Json& args : {Json("abc"), Json(5), Json::object()}) {
        visitor.call("thermostat/setTarget", args);
        device_answers(Outcome{json_payload("1")});
        EXPECT_EQ(answer_of(visitor.heard())["status"], "ok");
    }
}

TEST_P(NodeCall, RequestsWithoutAUsableCallbackAreIgnored) {
    EXPECT_TRUE(visitor.call("thermostat/setTarget", {"d1", 1}, {{"callbackAddress", nullptr}}).empty());
    EXPECT_TRUE(
        visitor.call("thermostat/setTarget", {"d1", 1}, {{"callbackAddress", "/devices/d1"}}).empty());
    visitor.set("/_exchange/requests/Gate/thermostat/setTarget", 5);
    visitor.set("/_exchange/requests/Gate/thermostat", Json::object());
    visitor.set("/_exchange/requests/Other/thermostat/setTarget", Json::object());
    EXPECT_TRUE(sinks.local.delivered.empty());
}

TEST_P(NodeCall, AnAnswerNeverReachesAnybodyElse) {
    Visitor eavesdropper{node, GetParam()};
    eavesdropper.on("/ALL@*");
    eavesdropper.on("/SET@/_exchange/responses/" + visitor.id + "/*");
    // Even a caller that names somebody else's callback address gets nothing there.
    eavesdropper.call(
        "thermostat/setTarget",
        {"d1", 1},
        {{"callbackAddress", "/_exchange/responses/" + visitor.id + "/Gate/thermostat/setTarget/1"}});
    device_answers(Outcome{json_payload("1")});
    EXPECT_TRUE(visitor.heard().empty());
    eavesdropper.heard();
    visitor.call("thermostat/setTarget", {"d1", 1});
    eavesdropper.heard();  // the request itself, as on a real insecure node
    device_answers(Outcome{json_payload("2")});
    EXPECT_EQ(answer_of(visitor.heard())["args"][1], 2);
    EXPECT_TRUE(eavesdropper.heard().empty());
}

TEST_P(NodeCall, ASessionThatHasGoneTakesItsPendingCallsWithIt) {
    visitor.call("thermostat/setTarget", {"d1", 1});
    visitor.leave();
    Visitor next{node, GetParam()};
    next.on("/ALL@*");
    device_answers(Outcome{json_payload("1")});
    EXPECT_TRUE(next.heard().empty());
}

TEST_P(NodeCall, RequestsForAClientsComponentAreLeftToThatClient) {
    Visitor provider{node, "happn_1.3.0"};
    provider.on("/SET@/_exchange/requests/Gate/theirs/*");
    EXPECT_TRUE(visitor.call("theirs/method", {1}).empty());
    const auto request = provider.heard().at(0)["data"];
    provider.set(request["callbackAddress"], {{"status", "ok"}, {"args", {nullptr, 7}}}, {{"noStore", true}});
    EXPECT_EQ(answer_of(visitor.heard())["args"][1], 7);
}

// --- routes --------------------------------------------------------------------------------------

TEST_F(NodeTest, WhatClientsSetReachesRoutesUnwrappedAndWithItsSession) {
    apply({gateway::happn_to_mqtt("up", "/devices/{device}/setpoint", "devices/{device}/setpoint")});
    Visitor visitor{node};
    visitor.set("/devices/d1/setpoint", 21.5);
    visitor.set("/devices/d1/setpoint/deeper", 1);
    visitor.set("/elsewhere", 1);
    ASSERT_EQ(sinks.local.delivered.size(), 1u);
    const auto& output = sinks.local.delivered[0].second;
    EXPECT_EQ(output.address, "devices/d1/setpoint");
    EXPECT_EQ(output.payload.bytes.view(), "21.5");
    EXPECT_EQ(output.principal.session_id, visitor.id);
    EXPECT_EQ(output.hops, 1);
}

TEST_F(NodeTest, RemovesReachOnlyRoutesThatAskForThem) {
    auto route = gateway::happn_to_mqtt("up", "/d/{x}", "d/{x}");
    apply({route});
    Visitor visitor{node};
    visitor.ask({{"action", "remove"}, {"eventId", 1}, {"path", "/d/1"}});
    EXPECT_TRUE(sinks.local.delivered.empty());
    std::get<gateway::HappnSource>(route.source).removes = true;
    std::get<gateway::MqttTarget>(route.targets[0].rule).clear_on_remove = true;
    apply({route});
    visitor.ask({{"action", "remove"}, {"eventId", 1}, {"path", "/d/1"}});
    ASSERT_EQ(sinks.local.delivered.size(), 1u);
    EXPECT_EQ(sinks.local.delivered[0].second.action, gateway::Action::remove);
}

TEST_F(NodeTest, InitialValuesAreSentOnceToRoutesThatAskForThem) {
    Visitor visitor{node};
    visitor.set("/d/1", {{"x", 1}});
    visitor.set("/d/1/2", {{"x", 2}});
    auto route = gateway::happn_to_mqtt("up", "/d/{x}", "d/{x}");
    std::get<gateway::HappnSource>(route.source).initial = true;
    apply({route});
    ASSERT_EQ(sinks.local.delivered.size(), 1u);
    EXPECT_EQ(sinks.local.delivered[0].second.address, "d/1");
    apply({route, gateway::happn_to_mqtt("other", "/o/{x}", "o/{x}")});
    EXPECT_EQ(sinks.local.delivered.size(), 1u) << "the route was there before";
}

TEST_F(NodeTest, WhatRoutesSetReachesClientsWithTheGatewaysMark) {
    apply({gateway::mqtt_to_happn("down", "devices/{device}/t", "/devices/{device}/t")});
    Visitor visitor{node};
    visitor.on("/SET@/devices/*/t");
    dispatcher.receive(gateway::mqtt_message("devices/d1/t", "21.5"));
    const auto heard = visitor.heard();
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(heard[0]["data"], Json::parse(R"({"value":21.5})"));
    EXPECT_EQ(heard[0]["_meta"]["hg"], "gate-id;1");
    EXPECT_EQ(heard[0]["_meta"]["eventOrigin"]["username"], "_ADMIN");
    EXPECT_EQ(
        visitor.ask({{"action", "get"}, {"eventId", 1}, {"path", "/devices/d1/t"}}).at(0)["data"]["value"],
        21.5);
}

const Json acknowledged{{"consistency", 3}};

TEST_F(NodeTest, AClientsAcknowledgedPublicationWaitsForTheRoutes) {
    apply({gateway::happn_to_mqtt("up", "/d/{x}", "d/{x}")});
    Visitor visitor{node};
    const auto frames = visitor.ask(
        {{"action", "set"}, {"eventId", 7}, {"path", "/d/1"}, {"data", 1}, {"options", acknowledged}});
    EXPECT_EQ(frames.size(), 1u) << "the answer alone";
    ASSERT_EQ(sinks.local.delivered.size(), 1u);
    dispatcher.on_outcome(sinks.local.delivered[0].first, Outcome{});
    const auto heard = visitor.heard();
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(heard[0]["action"], "publication-ack");
    EXPECT_EQ(heard[0]["status"], "ok");
    EXPECT_EQ(heard[0]["result"]["acknowledged"], 1);
    EXPECT_EQ(heard[0]["_meta"]["eventId"], 7);
}

TEST_F(NodeTest, AClientsAcknowledgedPublicationThatNoRouteTakesIsAcknowledgedAtOnce) {
    apply({gateway::happn_to_mqtt("up", "/d/{x:int}", "d/{x}")});
    Visitor visitor{node};
    const auto frames = visitor.ask(
        {{"action", "set"}, {"eventId", 7}, {"path", "/d/x"}, {"data", 1}, {"options", acknowledged}});
    ASSERT_EQ(frames.size(), 2u);
    EXPECT_EQ(frames[1]["status"], "ok");
}

TEST_F(NodeTest, AnAcknowledgedSetIsDeliveredWhenItsSubscribersSaySo) {
    auto route = gateway::mqtt_to_happn("down", "devices/{device}/t", "/devices/{device}/t");
    std::get<gateway::HappnTarget>(route.targets.front().rule).consistency =
        gateway::Consistency::acknowledged;
    apply({route});
    dispatcher.receive(gateway::mqtt_message("devices/d1/t", "1"));
    EXPECT_EQ(dispatcher.pending(), 0u) << "nobody listens: nothing to wait for";

    Visitor visitor{node};
    visitor.on("/SET@/devices/*/t");
    dispatcher.receive(gateway::mqtt_message("devices/d1/t", "2"));
    EXPECT_EQ(dispatcher.pending(), 1u);
    const auto heard = visitor.heard();
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(heard[0]["_meta"]["consistency"], 3);
    visitor.ask({{"action", "ack"}, {"eventId", 9}, {"data", heard[0]["_meta"]["publicationId"]}});
    EXPECT_EQ(dispatcher.pending(), 0u);
    EXPECT_EQ(metrics.route("down").outcomes[gateway::Fate::delivered][""], 2u);
}

TEST_F(NodeTest, RoutesThatFeedEachOtherEndAtTheHopLimitWithoutNesting) {
    apply(
        {happn_to_happn("ping", "/ping/{x}", "/pong/{x}"), happn_to_happn("pong", "/pong/{x}", "/ping/{x}")});
    Visitor visitor{node};
    visitor.on("/ALL@/ping/*");
    const auto frames = visitor.set("/ping/1", 1);
    EXPECT_GT(frames.size(), 2u);
    EXPECT_LT(frames.size(), 12u);
    EXPECT_EQ(dispatcher.pending(), 0u);
}

TEST_F(NodeTest, GetTargetsGiveItemsListsAndNull) {
    apply({gateway::http_to_happn_get("one", "GET", "/one/{x}", "/d/{x}")});
    Visitor visitor{node};
    visitor.set("/d/1", {{"x", 1}});
    visitor.set("/d/2", 5);
    const auto ask = [&](const std::string& address, bool with_meta) {
        gateway::HappnTarget rule;
        rule.verb = gateway::HappnTarget::Verb::get;
        rule.with_meta = with_meta;
        gateway::Output output;
        output.address = address;
        node::Hub hub{node::test::node_settings(), metrics, {}};
        auto* present = &hub.data();
        present->write("/d/1", R"({"x":1})", {});
        present->write("/d/2", R"({"value":5})", {});
        return node::GatewayClient{hub, "gate-id"}.perform(output, rule, 0).outcome.answer.bytes.str();
    };
    EXPECT_EQ(ask("/d/1", false), R"({"x":1})");
    EXPECT_EQ(ask("/d/2", false), "5");
    EXPECT_EQ(ask("/d/3", false), "null");
    EXPECT_EQ(ask("/d/*", false), R"([{"x":1},5])");
    EXPECT_EQ(Json::parse(ask("/d/1", true))["_meta"]["path"], "/d/1");
}

// --- as a mesh -----------------------------------------------------------------------------------

TEST_F(NodeTest, CallsFromInsideRunTheSameRoutes) {
    provide_thermostat();
    std::vector<Outcome> outcomes;
    const auto done = [&](Outcome outcome) { outcomes.push_back(std::move(outcome)); };
    const auto deadline = gateway::Clock::now() + std::chrono::seconds{5};
    node.call(
        {"thermostat", "setTarget", gateway::Bytes{R"(["d1",2])"}, gateway::Principal::anonymous(), deadline},
        done);
    device_answers(Outcome{json_payload("7")});
    ASSERT_EQ(outcomes.size(), 1u);
    EXPECT_EQ(outcomes[0].answer.bytes.view(), "7");
    ASSERT_EQ(outcomes[0].answers.size(), 1u);
    EXPECT_EQ(outcomes[0].answers[0].view(), "7");
    node.call({"thermostat", "nope", gateway::Bytes{"[]"}, gateway::Principal::anonymous(), deadline}, done);
    EXPECT_EQ(outcomes.at(1).error->errc, gateway::Errc::not_found);
}

TEST_F(NodeTest, APayloadIsArgumentsByNameIfItIsAnObjectAndByPositionIfItIsAnArray) {
    apply({method("weather", "forecast", {"city"}), method("weather", "list", {"country", "limit"})});
    gateway::Target target;
    target.rule = gateway::CallTarget{};
    struct Case {
        std::string address, payload, named;
    };
    const Case cases[] = {
        {"weather/forecast", R"({"city":"Bern"})", R"({"city":"Bern"})"},
        {"weather/forecast", R"(["Bern"])", R"({"city":"Bern"})"},
        {"weather/forecast", R"("Bern")", R"({"city":"Bern"})"},
        {"weather/forecast", "{}", "{}"},
        {"weather/list", R"({"limit":3})", R"({"limit":3})"},
        {"weather/list", "{}", "{}"},
    };
    for (const auto& [address, payload, named] : cases) {
        gateway::Output output;
        output.target = &target;
        output.address = address;
        output.payload = json_payload(payload);
        node.deliver(DeliveryId{}, std::move(output));
        ASSERT_FALSE(sinks.local.delivered.empty()) << address << ' ' << payload;
        EXPECT_EQ(sinks.local.delivered.back().second.payload.bytes.view(), named) << payload;
        device_answers(Outcome{json_payload("1")});
    }
}

TEST_F(NodeTest, AnyLoginSucceedsWithATokenThatNobodyCanGuess) {
    std::vector<std::string> tokens;
    for (int i = 0; i < 2; ++i) {
        node.login({}, [&](gateway::Result<gateway::Secret> token) { tokens.push_back(token->reveal()); });
    }
    ASSERT_EQ(tokens.size(), 2u);
    EXPECT_NE(tokens[0], tokens[1]);
    EXPECT_GE(tokens[0].size(), 32u);
    EXPECT_EQ(node.security(), gateway::Security::insecure);
    EXPECT_TRUE(node.state().ready);
}

TEST_F(NodeTest, AnswersThatComeAfterTheNodeHasGoneAreDropped) {
    auto brief = std::make_unique<Node>(context, gateway::NodeSettings{}, identity, dispatcher, metrics);
    sinks.node = brief.get();
    auto table = std::make_shared<const gateway::RoutingTable>(
        std::vector{method("c", "m", {})}, std::map<std::string, gateway::ComponentRule>{});
    dispatcher.apply(table);
    brief->apply(table);
    {
        Visitor visitor{*brief};
        visitor.call("c/m", Json::array());
    }
    brief.reset();
    device_answers(Outcome{json_payload("1")});
    EXPECT_EQ(dispatcher.pending(), 0u);
}

}  // namespace
}  // namespace happn::test
