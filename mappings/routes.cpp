#include "mappings/routes.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "gateway/expression/suggestion.hpp"
#include "gateway/http_body.hpp"
#include "mappings/answers.hpp"
#include "mappings/delivery.hpp"
#include "mappings/json_schema.hpp"
#include "mappings/resync.hpp"
#include "mappings/sources.hpp"
#include "mappings/streams.hpp"
#include "mappings/targets.hpp"
#include "mappings/values.hpp"

namespace mappings {
namespace {

using config::Node;
using gateway::Route;
using gateway::Scope;

constexpr std::array<std::string_view, 5> builtin_components{"security", "api", "system", "rest", "data"};

bool is_name(std::string_view name) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '-' || c == '.';
    };
    return !name.empty() && std::ranges::all_of(name, fits);
}

void check_name(std::string_view what, const Node::Member& member, const Compilation& compilation) {
    if (is_name(member.key)) return;
    compilation.error("HG210",
                      member.place,
                      "'" + member.key + "' is no name of a " + std::string{what},
                      "letters, digits and - _ . only");
}

/// HG211: what a client may send, and nothing comes of it.
void check_query_is_read(const Node& route,
                         const std::set<std::string>& read,
                         const Compilation& compilation) {
    for (const auto& parameter : known_child(known_child(route, "from"), "query").members()) {
        if (read.contains(parameter.key)) continue;
        compilation.findings.warning("HG211",
                                     parameter.place,
                                     "no template reads the query parameter '" + parameter.key + "'",
                                     "write {in.query." + parameter.key + "} where it counts");
    }
}

/// Everything behind the source: `map`, `to`, `respond`, `errors`.
void compile_second_half(const Node& node, Route& route, const Compilation& compilation) {
    const auto errors_before = compilation.findings.errors();
    std::set<std::string> read_query;
    Scope scope = scope_of(route.source, compilation);
    scope.read_query = &read_query;
    route.description = text_of(node, "description");
    route.map = value_of(node, "map", scope, compilation);
    scope.out = child(node, "map") != nullptr;
    const auto identity = compile_identity(node, {}, scope, compilation);
    if (const auto* to = child(node, "to")) {
        if (to->is_list() && to->items().empty())
            compilation.error("HG408", to->place(), "'to' needs at least one target");
        route.targets = compile_targets(*to, scope, identity, compilation);
    }
    if (auto* http = std::get_if<gateway::HttpSource>(&route.source)) http->needs_body = needs_body(route);
    check_stream(node, route, compilation);
    compile_answers(node, scope, route, compilation);
    // Templates that are wrong may have meant to read what seems unread.
    if (compilation.findings.errors() == errors_before) check_query_is_read(node, read_query, compilation);
}

// --- removes
// --------------------------------------------------------------------------------------------------------

bool wants_removes(const gateway::Target& target) {
    if (const auto* mqtt = std::get_if<gateway::MqttTarget>(&target.rule)) return mqtt->clear_on_remove;
    const auto* happn = std::get_if<gateway::HappnTarget>(&target.rule);
    return happn != nullptr && happn->verb == gateway::HappnTarget::Verb::set && happn->remove_on_remove;
}

bool wants_empties(const gateway::Target& target) {
    const auto* happn = std::get_if<gateway::HappnTarget>(&target.rule);
    return happn != nullptr && happn->remove_on_empty;
}

/// Nobody's own rights count on a route that does everything as the service user, so that nobody need have a
/// token; `auth: required` still asks for one.
void let_in_whom_the_service_acts_for(const Node& from, Route& route) {
    auto* http = std::get_if<gateway::HttpSource>(&route.source);
    const auto by_service = [](const gateway::Target& target) { return target.as == gateway::As::service; };
    if (http != nullptr && child(from, "auth") == nullptr && std::ranges::all_of(route.targets, by_service))
        http->auth = gateway::HttpSource::Auth::optional;
}

/// HG502: `on_remove` where no remove ever comes, `on_empty` where no MQTT message does.
void check_removes(const Route& route, const config::Place& place, const Compilation& compilation) {
    const auto* happn = std::get_if<gateway::HappnSource>(&route.source);
    const bool mqtt = std::holds_alternative<gateway::MqttSource>(route.source);
    const bool removes = happn != nullptr && happn->removes;
    const auto never_removes = [&](const gateway::Target& target) {
        const bool clears = std::holds_alternative<gateway::MqttTarget>(target.rule);
        return wants_removes(target) && !(mqtt && clears);
    };
    if (!removes && std::ranges::any_of(route.targets, never_removes)) {
        compilation.findings.warning("HG502",
                                     place,
                                     "'on_remove' never happens: the source brings no removes",
                                     "add 'actions: [set, remove]' to a happn source");
    }
    if (!mqtt && std::ranges::any_of(route.targets, wants_empties)) {
        compilation.findings.warning("HG502", place, "'on_empty' never happens: the source is not mqtt");
    }
}

// --- one way
// --------------------------------------------------------------------------------------------------------

std::vector<PlacedRoute> compile_one_way(const Node::Member& member, const Compilation& compilation) {
    const Node& node = member.value;
    const Node* from = child(node, "from");
    if (from == nullptr) return {};
    auto source = compile_source(*from, compilation);
    if (!source) return {};
    PlacedRoute placed;
    placed.place = member.place;
    placed.source_place = from->place();
    placed.enabled = flag_of(node, "enabled", true);
    placed.route.name = member.key;
    placed.route.place = member.place.file() + ":" + std::to_string(member.place.line);
    placed.route.source = *std::move(source);
    compile_second_half(node, placed.route, compilation);
    let_in_whom_the_service_acts_for(*from, placed.route);
    check_removes(placed.route, member.place, compilation);
    compile_delivery(node, placed.route, compilation);
    std::vector<PlacedRoute> result;
    result.push_back(std::move(placed));
    return result;
}

// --- two ways
// -------------------------------------------------------------------------------------------------------

bool is_mqtt(const Node& end) {
    return child(end, "mqtt") != nullptr;
}

/// A broker keeps nothing to remove unless messages are retained.
bool carries_removes(const Node& a, const Node& b) {
    const auto keeps = [](const Node& end) { return !is_mqtt(end) || flag_of(end, "retain"); };
    return keeps(a) && keeps(b);
}

struct Direction {
    std::string_view name;  // "a_to_b"
    bool from_b;
    const Node& from;
    const Node& to;
};

/// What is kept is no news then: it is compared.
void leave_kept_to_comparison(gateway::SourceRule& source) {
    if (auto* mqtt = std::get_if<gateway::MqttSource>(&source)) mqtt->retained = gateway::Retained::ignore;
}

std::optional<PlacedRoute> compile_direction(const Node::Member& member,
                                             const Direction& direction,
                                             gateway::SourceRule source,
                                             const Compilation& compilation) {
    const Node& node = member.value;
    PlacedRoute placed;
    placed.place = member.place;
    placed.source_place = direction.from.place();
    placed.enabled = flag_of(node, "enabled", true);
    Route& route = placed.route;
    route.name = member.key + "." + std::string{direction.name};
    route.description = text_of(node, "description");
    route.place = member.place.file() + ":" + std::to_string(member.place.line);
    route.source = std::move(source);
    route.sync_pair = member.key;
    route.from_b = direction.from_b;
    route.resync = compile_resync(node, route.source, compilation);
    if (route.resync) leave_kept_to_comparison(route.source);
    Scope scope = scope_of(route.source, compilation);
    if (const auto* map = child(node, "map")) route.map = value_of(*map, direction.name, scope, compilation);
    auto target =
        compile_end_target(direction.to, carries_removes(direction.from, direction.to), scope, compilation);
    if (!target) return std::nullopt;
    const auto identity = compile_identity(node, {}, scope, compilation);
    target->as = identity.as;
    target->as_user = identity.user;
    route.targets.push_back(*std::move(target));
    compile_delivery(node, route, compilation);
    return placed;
}

std::set<std::string> capture_names(const gateway::SourceRule& source) {
    const auto* mqtt = std::get_if<gateway::MqttSource>(&source);
    const auto& names =
        mqtt != nullptr ? mqtt->topic.names() : std::get<gateway::HappnSource>(source).path.names();
    std::set<std::string> result;
    for (const auto& capture : names)
        result.insert(capture.name);
    return result;
}

void check_two_way_keys(const Node::Member& member, const Compilation& compilation) {
    for (const auto* key : {"from", "to", "respond", "errors"}) {
        if (const auto* other = member.value.find(key))
            compilation.error(
                "HG414", other->place, "'" + std::string{key} + "' and 'sync' exclude each other");
    }
    const auto* map = child(member.value, "map");
    if (map == nullptr) return;
    static constexpr std::array<std::string_view, 2> directions{"a_to_b", "b_to_a"};
    if (!map->is_map())
        compilation.error("HG407", map->place(), "'map' of a two-way route must be { a_to_b, b_to_a }");
    for (const auto& entry : map->members()) {
        if (std::ranges::find(directions, entry.key) == directions.end()) {
            compilation.error("HG201",
                              entry.place,
                              "unknown key '" + entry.key + "' in the map of a two-way route",
                              gateway::did_you_mean(entry.key, directions));
        }
    }
}

std::vector<PlacedRoute> compile_two_way(const Node::Member& member,
                                         const Node& sync,
                                         const Compilation& compilation) {
    check_two_way_keys(member, compilation);
    const Node* a = child(sync, "a");
    const Node* b = child(sync, "b");
    if (a == nullptr || b == nullptr) return {};
    check_resync(member.value, *a, *b, compilation);
    const bool removes = carries_removes(*a, *b);
    auto from_a = compile_end_source(*a, removes, compilation);
    auto from_b = compile_end_source(*b, removes, compilation);
    if (!from_a || !from_b) return {};
    if (capture_names(*from_a) != capture_names(*from_b)) {
        compilation.error("HG206",
                          known_child(member.value, "sync").place(),
                          "the ends of the two-way route '" + member.key + "' bind different captures",
                          "name the same captures in 'a' and 'b'");
        return {};
    }
    std::vector<PlacedRoute> result;
    for (auto&& placed : {compile_direction(member, {"a_to_b", false, *a, *b}, *from_a, compilation),
                          compile_direction(member, {"b_to_a", true, *b, *a}, *from_b, compilation)}) {
        if (placed) result.push_back(*placed);
    }
    return result;
}

// --- methods
// --------------------------------------------------------------------------------------------------------

PlacedRoute compile_method(const std::string& component,
                           const Node::Member& member,
                           const Compilation& compilation) {
    const Node& node = member.value;
    check_name("method", member, compilation);
    gateway::CallSource source;
    source.component = component;
    source.method = member.key;
    source.parameters = compile_parameters(node, compilation);
    if (const auto* returns = child(node, "returns"))
        source.returns = compile_json_schema(*returns, compilation);
    PlacedRoute placed;
    placed.place = member.place;
    placed.source_place = member.place;
    placed.enabled = flag_of(node, "enabled", true);
    placed.route.name = component + "." + member.key;
    placed.route.place = member.place.file() + ":" + std::to_string(member.place.line);
    placed.route.source = std::move(source);
    compile_second_half(node, placed.route, compilation);
    return placed;
}

}  // namespace

std::vector<PlacedRoute> compile_route(const Node::Member& member, const Compilation& compilation) {
    check_name("route", member, compilation);
    if (const auto* sync = child(member.value, "sync")) return compile_two_way(member, *sync, compilation);
    return compile_one_way(member, compilation);
}

std::vector<PlacedRoute> compile_component(const Node::Member& member, const Compilation& compilation) {
    check_name("component", member, compilation);
    const auto& taken = builtin_components;
    if (std::find(taken.begin(), taken.end(), member.key) != taken.end())
        compilation.error(
            "HG210",
            member.place,
            "'" + std::string{member.key} + "' is a component that every mesh has: it cannot be declared");
    std::vector<PlacedRoute> result;
    const Node* methods = child(member.value, "methods");
    if (methods == nullptr) return result;
    for (const auto& method : methods->members())
        result.push_back(compile_method(member.key, method, compilation));
    return result;
}

gateway::ComponentRule component_rule(const Node::Member& member) {
    return {member.key, text_of(member.value, "version", "1.0.0"), text_of(member.value, "description")};
}

}  // namespace mappings
