#include "mappings/delivery.hpp"

#include <algorithm>

#include "mappings/retry.hpp"
#include "mappings/sources.hpp"

namespace mappings {
namespace {

using config::Node;
using gateway::Guarantee;
using gateway::Route;

constexpr std::string_view at_least_once = "at-least-once";

bool is_guarantee(const Node& delivery) {
    return (delivery.is_scalar() ? delivery.text() : text_of(delivery, "guarantee")) == at_least_once;
}

/// The order must be known before a message is decoded.
std::optional<gateway::Template> order_of(const Node& delivery,
                                          const Route& route,
                                          const Compilation& compilation) {
    const Node* node = child(delivery, "order");
    if (node == nullptr) return std::nullopt;
    auto order = gateway::Template::parse(node->text(), scope_of(route.source, compilation));
    if (order.has_error()) {
        compilation.report("HG202", *node, order.error());
        return std::nullopt;
    }
    if (order->reads_payload()) {
        compilation.error("HG503",
                          node->place(),
                          "'order' is needed before the payload is read",
                          "a capture of the address, such as {device}");
        return std::nullopt;
    }
    return *std::move(order);
}

bool publishes_without_word(const gateway::Target& target) {
    const auto* mqtt = std::get_if<gateway::MqttTarget>(&target.rule);
    return mqtt != nullptr && mqtt->qos == 0;
}

/// HG505: where a guarantee has a hole.
void check_ends(const Route& route, const config::Place& place, const Compilation& compilation) {
    const auto* mqtt = std::get_if<gateway::MqttSource>(&route.source);
    if (mqtt != nullptr && mqtt->qos == 0)
        compilation.findings.warning(
            "HG505",
            place,
            "at-least-once from QoS 0: the broker does not wait until a message is kept",
            "qos: 1");
    if (std::ranges::any_of(route.targets, publishes_without_word))
        compilation.findings.warning(
            "HG505",
            place,
            "at-least-once to QoS 0: the broker does not say whether it has a message",
            "qos: 1");
}

const Node* delivery_of(const Node& node, const Compilation& compilation) {
    const Node* own = child(node, "delivery");
    return own != nullptr ? own : compilation.defaults.delivery;
}

}  // namespace

bool is_at_least_once(const Node& node, const Compilation& compilation) {
    const Node* delivery = delivery_of(node, compilation);
    return delivery != nullptr && is_guarantee(*delivery);
}

void compile_delivery(const Node& node, Route& route, const Compilation& compilation) {
    const Node* own = child(node, "delivery");
    if (!is_at_least_once(node, compilation)) return;
    const Node* delivery = delivery_of(node, compilation);
    if (route.waits()) {
        if (own != nullptr)
            compilation.error(
                "HG503",
                own->place(),
                "'delivery' is for sources that do not wait: this one is told what has become of it");
        return;
    }
    if (compilation.names.spool == false)
        compilation.error("HG504",
                          delivery->place(),
                          "at-least-once needs a spool, and the configuration has none",
                          "spool: { path: ./spool }");
    Guarantee guarantee;
    if (delivery->is_map()) {
        guarantee.order = order_of(*delivery, route, compilation);
        guarantee.ttl = duration_of(*delivery, "ttl");
        guarantee.retry = compile_retry(*delivery, guarantee.retry, compilation);
    }
    check_ends(route, delivery->place(), compilation);
    route.guarantee = std::move(guarantee);
}

}  // namespace mappings
