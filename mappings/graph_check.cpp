#include "mappings/graph_check.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <tuple>

namespace mappings {
namespace {

using gateway::AddressPattern;
using gateway::Route;

/// Addresses of one connection, as a source takes them or a target makes them.
struct Addresses {
    enum class Medium { mqtt, happn, call };
    Medium medium = Medium::mqtt;
    std::string connection;
    AddressPattern pattern;
    bool sets = true;
    bool removes = false;
    std::vector<AddressPattern> allow;  // of calls: only these

    bool may_be(const Addresses& other) const {
        return medium == other.medium && connection == other.connection &&
               ((sets && other.sets) || (removes && other.removes)) && pattern.intersects(other.pattern);
    }
};

std::optional<AddressPattern> method_pattern(const gateway::CallSource& source) {
    auto pattern = AddressPattern::parse(source.component + "/" + source.method, gateway::AddressKind::call);
    return pattern.has_value() ? std::optional{*std::move(pattern)} : std::nullopt;
}

std::optional<Addresses> taken_by(const Route& route) {
    if (const auto* mqtt = std::get_if<gateway::MqttSource>(&route.source))
        return Addresses{Addresses::Medium::mqtt, mqtt->broker, mqtt->topic, true, true, {}};
    if (const auto* happn = std::get_if<gateway::HappnSource>(&route.source))
        return Addresses{Addresses::Medium::happn, happn->mesh, happn->path, happn->sets, happn->removes, {}};
    const auto* call = std::get_if<gateway::CallSource>(&route.source);
    if (call == nullptr) return std::nullopt;  // nothing a route sends is an HTTP request
    auto pattern = method_pattern(*call);
    if (!pattern) return std::nullopt;
    return Addresses{Addresses::Medium::call, std::string{node_mesh}, *std::move(pattern), true, false, {}};
}

std::optional<Addresses> made_by(const gateway::Target& target) {
    if (const auto* mqtt = std::get_if<gateway::MqttTarget>(&target.rule))
        return Addresses{Addresses::Medium::mqtt, mqtt->broker, mqtt->topic.as_pattern(), true, true, {}};
    if (const auto* call = std::get_if<gateway::CallTarget>(&target.rule))
        return Addresses{
            Addresses::Medium::call, call->mesh, call->method.as_pattern(), true, false, call->allow};
    const auto* happn = std::get_if<gateway::HappnTarget>(&target.rule);
    if (happn == nullptr || happn->verb == gateway::HappnTarget::Verb::get || happn->no_publish)
        return std::nullopt;
    const bool sets = happn->verb == gateway::HappnTarget::Verb::set;
    const bool removes = !sets || happn->remove_on_remove || happn->remove_on_empty;
    return Addresses{Addresses::Medium::happn, happn->mesh, happn->path.as_pattern(), sets, removes, {}};
}

bool is_allowed(const Addresses& made, const Addresses& taken) {
    return made.allow.empty() || std::ranges::any_of(made.allow, [&](const AddressPattern& pattern) {
               return pattern.intersects(taken.pattern);
           });
}

bool same_pair(const Route& a, const Route& b) {
    return a.sync_pair && a.sync_pair == b.sync_pair;
}

// --- candidates
// -----------------------------------------------------------------------------------------------------

/// Sources by connection and first literal level, so that not every pair of ten thousand routes is compared.
class SourceIndex {
public:
    explicit SourceIndex(const std::vector<const PlacedRoute*>& routes) {
        for (std::size_t i = 0; i < routes.size(); ++i) {
            sources_.push_back(taken_by(routes[i]->route));
            if (sources_[i]) by_level_[key_of(*sources_[i])].push_back(i);
        }
    }

    const std::optional<Addresses>& source(std::size_t route) const { return sources_[route]; }

    /// Every route whose source may take what `made` describes.
    std::vector<std::size_t> candidates(const Addresses& made) const {
        std::vector<std::size_t> found;
        const auto key = key_of(made);
        const auto add = [&](const auto& entry) {
            found.insert(found.end(), entry.second.begin(), entry.second.end());
        };
        if (std::get<2>(key).empty()) {  // any first level
            for (const auto& entry : by_level_) {
                if (std::get<0>(entry.first) == std::get<0>(key) &&
                    std::get<1>(entry.first) == std::get<1>(key))
                    add(entry);
            }
            return found;
        }
        for (const auto& level : {std::get<2>(key), std::string{}}) {
            const auto entry = by_level_.find({std::get<0>(key), std::get<1>(key), level});
            if (entry != by_level_.end()) add(*entry);
        }
        return found;
    }

private:
    using Level = std::tuple<Addresses::Medium, std::string, std::string>;

    /// The first level that says anything: a path's first segment may be the empty one before its '/'.
    static Level key_of(const Addresses& addresses) {
        for (const auto& segment : addresses.pattern.segments()) {
            if (segment.kind != AddressPattern::Segment::Kind::literal) break;
            if (!segment.literal.empty()) return {addresses.medium, addresses.connection, segment.literal};
        }
        return {addresses.medium, addresses.connection, std::string{}};
    }

    std::vector<std::optional<Addresses>> sources_;
    std::map<Level, std::vector<std::size_t>> by_level_;
};

// --- loops
// ----------------------------------------------------------------------------------------------------------

using Edges = std::vector<std::vector<std::size_t>>;

Edges edges_of(const std::vector<const PlacedRoute*>& routes, const SourceIndex& index) {
    Edges edges(routes.size());
    for (std::size_t from = 0; from < routes.size(); ++from) {
        for (const auto& target : routes[from]->route.targets) {
            const auto made = made_by(target);
            if (!made) continue;
            for (const std::size_t to : index.candidates(*made)) {
                const auto& taken = *index.source(to);
                if (same_pair(routes[from]->route, routes[to]->route)) continue;
                if (made->may_be(taken) && is_allowed(*made, taken)) edges[from].push_back(to);
            }
        }
    }
    return edges;
}

/// The shortest way from `start` back to it, over routes not in `done`; empty if there is none.
std::vector<std::size_t> shortest_cycle(const Edges& edges,
                                        std::size_t start,
                                        const std::vector<bool>& done) {
    std::vector<std::optional<std::size_t>> came_from(edges.size());
    std::deque<std::size_t> next{start};
    while (!next.empty()) {
        const auto at = next.front();
        next.pop_front();
        for (const auto to : edges[at]) {
            if (to == start) {
                std::vector<std::size_t> cycle{at};
                while (cycle.back() != start)
                    cycle.push_back(*came_from[cycle.back()]);
                std::ranges::reverse(cycle);
                return cycle;
            }
            if (done[to] || came_from[to]) continue;
            came_from[to] = at;
            next.push_back(to);
        }
    }
    return {};
}

/// Only routes that something comes to and something leaves can be in a loop: peels the others off.
std::vector<bool> outside_loops(const Edges& edges) {
    std::vector<bool> gone(edges.size(), false);
    for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t i = 0; i < edges.size(); ++i) {
            if (gone[i] || std::ranges::any_of(edges[i], [&](std::size_t to) { return !gone[to]; })) continue;
            gone[i] = changed = true;
        }
    }
    return gone;
}

void check_loops(const std::vector<const PlacedRoute*>& routes,
                 const SourceIndex& index,
                 config::Findings& findings) {
    const auto edges = edges_of(routes, index);
    auto done = outside_loops(edges);
    for (std::size_t start = 0; start < routes.size(); ++start) {
        if (done[start]) continue;
        const auto cycle = shortest_cycle(edges, start, done);
        std::string names;
        for (const auto i : cycle) {
            names += routes[i]->route.name + " -> ";
            done[i] = true;
        }
        done[start] = true;
        if (cycle.empty()) continue;
        findings.error("HG101",
                       routes[start]->place,
                       "a loop: " + names + routes[start]->route.name,
                       "for the same data in two directions use 'sync'; else keep what comes in and what "
                       "goes out apart");
    }
}

// --- overlaps
// -------------------------------------------------------------------------------------------------------

void check_overlaps(const std::vector<const PlacedRoute*>& routes,
                    const SourceIndex& index,
                    config::Findings& findings) {
    std::size_t found = 0;
    for (std::size_t i = 0; i < routes.size(); ++i) {
        const auto& taken = index.source(i);
        if (!taken || taken->medium == Addresses::Medium::call) continue;
        for (const auto j : index.candidates(*taken)) {
            if (j >= i || same_pair(routes[i]->route, routes[j]->route) || !taken->may_be(*index.source(j)))
                continue;
            if (++found > max_overlap_findings) continue;
            findings.warning(
                "HG102",
                routes[i]->source_place,
                "the routes '" + routes[j]->route.name + "' and '" + routes[i]->route.name +
                    "' take the same messages",
                "each gets its own copy; '" + routes[j]->route.name + "' is at " + routes[j]->place.text());
        }
    }
    if (found > max_overlap_findings) {
        findings.warning(
            "HG102", {}, std::to_string(found - max_overlap_findings) + " more overlaps are not shown");
    }
}

// --- groups

/// By what the broker is asked for, which may be wider than what the route takes.
bool share_filters(const gateway::MqttSource& a, const gateway::MqttSource& b) {
    const auto asked = [](const gateway::MqttSource& source) {
        return AddressPattern::parse(source.topic.subscription(), gateway::AddressKind::mqtt);
    };
    const auto first = asked(a), second = asked(b);
    return a.broker == b.broker && first.has_value() && second.has_value() && first->intersects(*second);
}

/// A message does not say for which of the subscriptions that match it has come to this replica.
void check_groups(const std::vector<const PlacedRoute*>& routes,
                  const SourceIndex& index,
                  config::Findings& findings) {
    for (std::size_t i = 0; i < routes.size(); ++i) {
        const auto* source = std::get_if<gateway::MqttSource>(&routes[i]->route.source);
        if (source == nullptr) continue;
        for (const auto j : index.candidates(*index.source(i))) {
            const auto* other = std::get_if<gateway::MqttSource>(&routes[j]->route.source);
            if (j >= i || other->group == source->group || !share_filters(*source, *other)) continue;
            findings.error(
                "HG107",
                routes[i]->source_place,
                "the routes '" + routes[j]->route.name + "' and '" + routes[i]->route.name +
                    "' ask the broker for the same messages in different groups",
                "give both the same group; '" + routes[j]->route.name + "' is at " + routes[j]->place.text());
        }
    }
}

// --- http
// -----------------------------------------------------------------------------------------------------------

void compare_http(const PlacedRoute& a, const PlacedRoute& b, config::Findings& findings) {
    const auto& first = std::get<gateway::HttpSource>(a.route.source);
    const auto& second = std::get<gateway::HttpSource>(b.route.source);
    if (first.method != second.method || !first.path.intersects(second.path)) return;
    const bool first_wins = first.path.more_specific_than(second.path);
    if (!first_wins && !second.path.more_specific_than(first.path)) {
        findings.error("HG104",
                       b.source_place,
                       "the routes '" + a.route.name + "' and '" + b.route.name + "' take the same requests",
                       "'" + a.route.name + "' is at " + a.place.text());
        return;
    }
    const auto& winner = first_wins ? a : b;
    const auto& shadowed = first_wins ? b : a;
    findings.warning("HG103",
                     shadowed.source_place,
                     "the route '" + shadowed.route.name + "' does not get what the more specific '" +
                         winner.route.name + "' takes",
                     "'" + winner.route.name + "' is at " + winner.place.text());
}

void check_http(const std::vector<const PlacedRoute*>& routes, config::Findings& findings) {
    std::vector<const PlacedRoute*> http;
    for (const auto* placed : routes) {
        if (std::holds_alternative<gateway::HttpSource>(placed->route.source)) http.push_back(placed);
    }
    for (std::size_t i = 0; i < http.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j)
            compare_http(*http[j], *http[i], findings);
    }
}

}  // namespace

void check_graph(const std::vector<PlacedRoute>& routes, config::Findings& findings) {
    std::vector<const PlacedRoute*> enabled;
    for (const auto& placed : routes) {
        if (placed.enabled) enabled.push_back(&placed);
    }
    const SourceIndex index{enabled};
    check_loops(enabled, index, findings);
    check_overlaps(enabled, index, findings);
    check_groups(enabled, index, findings);
    check_http(enabled, findings);
}

}  // namespace mappings
