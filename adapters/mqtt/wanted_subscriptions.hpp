// Which filters the routes of a table need of one broker. A message must reach each route once, but brokers
// may send a message once per matching filter (MQTT 5.0 section 3.3.4), and Mosquitto does. So: equal filters
// share one subscription, a filter covered by another of the same or a higher QoS is left out, and what still
// overlaps is told apart by subscription identifiers (version 5), or merged into one wider filter (3.1.1). Of
// one group, overlapping filters are always merged: each would go to another of its clients, for all their
// routes. The router matches again. Pure functions.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/mqtt/wire.hpp"
#include "gateway/routing_table.hpp"

namespace gateway::mqtt {

struct Subscription {
    std::string filter;
    std::string group = {};  // that shares it; empty: none
    int qos = 0;
    Retained retained = Retained::apply;
    bool no_local = false;
    /// False: the retain flag of a message says that it was sent because of the subscription. Where routes
    /// that share a filter differ in `retained`, and on 3.1.1 always, that is how they are told apart.
    bool retain_as_published = true;

    bool operator==(const Subscription&) const = default;

    /// As the broker is asked for it: "$share/group/filter" (MQTT 5.0 section 4.8.2).
    std::string asked() const { return group.empty() ? filter : "$share/" + group + '/' + filter; }
};

/// What `table` asks of `broker`: its sources, the reply topics of its targets, and `reply_topic` if one
/// replies by it; `mark_topic`, if one is compared after a gap; and `awaited`, the reply filters of calls
/// that are out, whatever the table says now.
std::vector<Subscription> wanted_subscriptions(const RoutingTable& table,
                                               std::string_view broker,
                                               Protocol protocol,
                                               const std::string& reply_topic,
                                               const std::set<std::string>& awaited = {},
                                               const std::string& mark_topic = {});

/// The same without overlap that could not be told apart.
std::vector<Subscription> without_duplicates(std::vector<Subscription> wanted, Protocol protocol);

}  // namespace gateway::mqtt
