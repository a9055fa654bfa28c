// Routes for tests, in a line each.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "gateway/routing_table.hpp"

namespace gateway {

inline AddressPattern pattern(std::string_view text, AddressKind kind) {
    return AddressPattern::parse(text, kind).value();
}

inline Scope scope_of(const AddressPattern& from, Scope::Source source) {
    Scope scope;
    scope.source = source;
    scope.captures = from.names();
    scope.answer = true;
    scope.error = true;
    return scope;
}

inline Route mqtt_to_happn(std::string name, std::string_view topic, std::string_view path) {
    Route route;
    route.name = std::move(name);
    MqttSource source;
    source.broker = "local";
    source.topic = pattern(topic, AddressKind::mqtt);
    const Scope scope = scope_of(source.topic, Scope::Source::mqtt);
    HappnTarget rule;
    rule.mesh = "node";
    rule.path = AddressTemplate::parse(path, AddressTemplate::Kind::happn, scope).value();
    Target target;
    target.rule = std::move(rule);
    route.source = std::move(source);
    route.targets.push_back(std::move(target));
    return route;
}

inline Route happn_to_mqtt(std::string name, std::string_view path, std::string_view topic) {
    Route route;
    route.name = std::move(name);
    HappnSource source;
    source.mesh = "node";
    source.path = pattern(path, AddressKind::happn);
    const Scope scope = scope_of(source.path, Scope::Source::happn);
    MqttTarget rule;
    rule.broker = "local";
    rule.topic = AddressTemplate::parse(topic, AddressTemplate::Kind::mqtt, scope).value();
    Target target;
    target.rule = std::move(rule);
    route.source = std::move(source);
    route.targets.push_back(std::move(target));
    return route;
}

inline Route http_to_happn_get(std::string name,
                               std::string method,
                               std::string_view path,
                               std::string_view get) {
    Route route;
    route.name = std::move(name);
    HttpSource source;
    source.method = std::move(method);
    source.path = pattern(path, AddressKind::http);
    const Scope scope = scope_of(source.path, Scope::Source::http);
    HappnTarget rule;
    rule.verb = HappnTarget::Verb::get;
    rule.mesh = "node";
    rule.path = AddressTemplate::parse(get, AddressTemplate::Kind::happn, scope).value();
    Target target;
    target.rule = std::move(rule);
    route.source = std::move(source);
    route.targets.push_back(std::move(target));
    return route;
}

inline std::shared_ptr<const RoutingTable> table_of(std::vector<Route> routes) {
    return std::make_shared<const RoutingTable>(std::move(routes), std::map<std::string, ComponentRule>{});
}

inline Message mqtt_message(std::string topic, std::string payload) {
    Message message;
    message.connection = "local";
    message.address = std::move(topic);
    message.payload.bytes = Bytes{std::move(payload)};
    message.principal = Principal::service();
    message.properties = MqttProperties{};
    return message;
}

inline Message happn_message(std::string path, std::string json) {
    Message message;
    message.connection = "node";
    message.address = std::move(path);
    message.payload = Payload{Bytes{std::move(json)}, Encoding::json, {}};
    message.properties = HappnProperties{};
    return message;
}

inline Message http_message(std::string method, std::string path) {
    Message message;
    message.address = std::move(path);
    HttpProperties properties;
    properties.method = std::move(method);
    message.properties = std::move(properties);
    return message;
}

}  // namespace gateway
