// A node on an io_context that nobody runs, with a dispatcher whose broker records what reaches it, and
// clients that visit it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/happn/node/node.hpp"
#include "tests/unit/core/recording_sinks.hpp"
#include "tests/unit/core/table_builder.hpp"
#include "tests/unit/node/hub_harness.hpp"

namespace happn::test {

using gateway::DeliveryId;
using gateway::Outcome;
using gateway::Payload;
using node::test::FakeLink;
using node::test::Json;

inline gateway::Payload json_payload(std::string text) {
    return {gateway::Bytes{std::move(text)}, gateway::Encoding::json, "application/json"};
}

/// A method that a device serves over MQTT.
inline gateway::Route method(std::string component, std::string name, std::vector<std::string> parameters) {
    gateway::Route route;
    route.name = component + '.' + name;
    gateway::CallSource source;
    source.component = std::move(component);
    source.method = std::move(name);
    for (auto& parameter : parameters) {
        gateway::Parameter declared;
        declared.name = std::move(parameter);
        source.parameters.push_back(std::move(declared));
    }
    gateway::Scope scope;
    scope.source = gateway::Scope::Source::call;
    gateway::MqttTarget rule;
    rule.broker = "local";
    rule.topic =
        gateway::AddressTemplate::parse("device/cmd", gateway::AddressTemplate::Kind::mqtt, scope).value();
    rule.reply = gateway::ReplyRule{};
    gateway::Target target;
    target.rule = std::move(rule);
    route.source = std::move(source);
    route.targets.push_back(std::move(target));
    return route;
}

inline gateway::Route happn_to_happn(std::string name, std::string_view from, std::string_view to) {
    auto route = gateway::happn_to_mqtt(std::move(name), from, "unused");
    const auto scope =
        gateway::scope_of(std::get<gateway::HappnSource>(route.source).path, gateway::Scope::Source::happn);
    gateway::HappnTarget rule;
    rule.mesh = "node";
    rule.path = gateway::AddressTemplate::parse(to, gateway::AddressTemplate::Kind::happn, scope).value();
    route.targets.front().rule = std::move(rule);
    return route;
}

class Sinks final : public gateway::SinkDirectory {
public:
    gateway::Sink* broker(std::string_view) override { return &local; }
    gateway::Sink* mesh(std::string_view) override { return node; }

    gateway::RecordingSink local;
    gateway::Sink* node = nullptr;
};

/// A JS client on a websocket of the node.
class Visitor {
public:
    explicit Visitor(Node& node, std::string_view protocol = "happn_4") {
        peer_ = node.open(link_, {"/primus", "127.0.0.1", 1, {}});
        ask({{"action", "configure-session"}, {"eventId", 1}, {"data", {{"protocol", protocol}}}});
        id = ask({{"action", "login"}, {"eventId", 2}, {"data", {{"info", Json::object()}}}})
                 .at(0)["data"]["id"]
                 .get<std::string>();
    }
    std::vector<Json> ask(const Json& request) {
        peer_->on_text(request.dump());
        return link_.take();
    }
    std::vector<Json> on(std::string path) { return ask({{"action", "on"}, {"eventId", 3}, {"path", path}}); }
    std::vector<Json> set(std::string path, Json data, Json options = Json::object()) {
        return ask({{"action", "set"}, {"eventId", 4}, {"path", path}, {"data", data}, {"options", options}});
    }
    /// All but the request's own answer.
    std::vector<Json> call(const std::string& method, Json args, Json more = Json::object()) {
        Json data{{"callbackAddress", "/_exchange/responses/" + id + "/Gate/" + method + "/1"},
                  {"args", std::move(args)},
                  {"origin", {{"id", id}}}};
        data.update(more);
        auto frames =
            set("/_exchange/requests/Gate/" + method, data, {{"noStore", true}, {"noDataResponse", true}});
        const auto own = std::find_if(frames.begin(), frames.end(), [](const Json& frame) {
            return frame["_meta"].value("type", "") == "response";
        });
        EXPECT_NE(own, frames.end());
        if (own != frames.end()) {
            frames.erase(own);
        }
        return frames;
    }
    std::vector<Json> heard() { return link_.take(); }
    void leave() { peer_.reset(); }

    std::string id;

private:
    FakeLink link_;
    std::unique_ptr<gateway::WebsocketPeer> peer_;
};

class NodeTest : public testing::Test {
protected:
    explicit NodeTest(gateway::NodeSettings settings = {})
        : node{context, std::move(settings), identity, dispatcher, metrics} {
        sinks.node = &node;
    }

    void apply(std::vector<gateway::Route> routes,
               std::map<std::string, gateway::ComponentRule> components = {}) {
        auto table = std::make_shared<const gateway::RoutingTable>(std::move(routes), std::move(components));
        dispatcher.apply(table);
        node.apply(table);
    }
    void provide_thermostat() {
        gateway::ComponentRule rule;
        rule.name = "thermostat";
        rule.version = "1.2.0";
        apply({method("thermostat", "setTarget", {"device", "celsius"})}, {{"thermostat", rule}});
    }
    void device_answers(Outcome outcome) {
        ASSERT_FALSE(sinks.local.delivered.empty());
        const auto id = sinks.local.delivered.front().first;
        sinks.local.delivered.erase(sinks.local.delivered.begin());
        dispatcher.on_outcome(id, std::move(outcome));
    }

    boost::asio::io_context context;
    gateway::Metrics metrics;
    Sinks sinks;
    gateway::DispatcherOptions options = [] {
        gateway::DispatcherOptions o;
        o.gateway_id = "gate-id";
        return o;
    }();
    gateway::Dispatcher dispatcher{options, sinks, metrics};
    gateway::GatewayIdentity identity{"Gate", "gate-id", "0.1.0"};
    Node node;
};

}  // namespace happn::test
