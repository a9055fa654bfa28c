#include "gateway/relevance.hpp"

#include <algorithm>
#include <variant>

namespace gateway {
namespace {

/// A stored value was sent for the routes that asked for `initial`.
bool asked_for(const HappnSource& source, const Message& message, std::string_view) {
    const auto* happn = std::get_if<HappnProperties>(&message.properties);
    if (happn != nullptr && happn->initial && !source.initial) return false;
    return message.action == Action::set ? source.sets : source.removes;
}

bool asked_for(const MqttSource& source, const Message& message, std::string_view gateway_id) {
    const auto* mqtt = std::get_if<MqttProperties>(&message.properties);
    if (source.no_local && message.origin.gateway_id == gateway_id) return false;
    return source.retained != Retained::ignore || mqtt == nullptr || !mqtt->replayed;
}

bool asked_for(const auto&, const Message&, std::string_view) {
    return true;
}

}  // namespace

bool wants(const Route& route, const Message& message, std::string_view gateway_id) {
    const auto asked = [&](const auto& source) { return asked_for(source, message, gateway_id); };
    return std::visit(asked, route.source);
}

bool clears(const Route& route, const Message& message) {
    const auto* mqtt = std::get_if<MqttProperties>(&message.properties);
    if (mqtt == nullptr || !message.payload.bytes.empty()) return false;
    if (mqtt->retain_known && !mqtt->retain) return false;
    return std::ranges::any_of(route.targets, [](const Target& target) {
        if (const auto* broker = std::get_if<MqttTarget>(&target.rule)) return broker->clear_on_remove;
        const auto* happn = std::get_if<HappnTarget>(&target.rule);
        return happn != nullptr && happn->remove_on_empty;
    });
}

bool sends_on_remove(const Target& target, const Message& remove) {
    const bool is_cleared_topic = std::holds_alternative<MqttProperties>(remove.properties);
    if (const auto* mqtt = std::get_if<MqttTarget>(&target.rule)) return mqtt->clear_on_remove;
    if (const auto* happn = std::get_if<HappnTarget>(&target.rule))
        return is_cleared_topic ? happn->remove_on_empty : happn->remove_on_remove;
    // To delete is what such a request does anyway.
    const auto* http = std::get_if<HttpTarget>(&target.rule);
    return http != nullptr && http->method == "DELETE";
}

Decode decode_of(const Route& route) {
    if (const auto* mqtt = std::get_if<MqttSource>(&route.source)) return mqtt->decode;
    if (const auto* happn = std::get_if<HappnSource>(&route.source)) return happn->decode;
    const auto* http = std::get_if<HttpSource>(&route.source);
    if (http != nullptr && http->body == HttpSource::Body::text) return Decode::text;
    if (http != nullptr && http->body == HttpSource::Body::bytes) return Decode::bytes;
    return Decode::json;
}

}  // namespace gateway
