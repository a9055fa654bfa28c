#include "gateway/router.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "gateway/address_tree.hpp"

namespace gateway {
namespace {

using Tree = AddressTree<const Route*>;

const AddressPattern& pattern_of(const Route& route) {
    if (const auto* mqtt = std::get_if<MqttSource>(&route.source)) return mqtt->topic;
    if (const auto* happn = std::get_if<HappnSource>(&route.source)) return happn->path;
    return std::get<HttpSource>(route.source).path;
}

std::string_view below_root(std::string_view path) {
    return path.starts_with('/') ? path.substr(1) : path;
}

void visit_matches(const std::map<std::string, Tree, std::less<>>& trees,
                   std::string_view connection,
                   std::string_view address,
                   std::string_view levels,
                   const Router::Visit& visit) {
    const auto tree = trees.find(connection);
    if (tree == trees.end()) return;
    tree->second.candidates(levels, [&](const Route* route) {
        if (auto captures = pattern_of(*route).match(address)) visit(*route, *std::move(captures));
    });
}

void add_once(std::vector<std::string>& methods, const std::string& method) {
    if (std::ranges::find(methods, method) == methods.end()) methods.push_back(method);
}

}  // namespace

struct Router::Index {
    std::map<std::string, Tree, std::less<>> mqtt;   // by broker
    std::map<std::string, Tree, std::less<>> happn;  // by mesh
    Tree http;
    std::vector<const Route*> http_routes;
    std::map<std::pair<std::string, std::string>, const Route*, std::less<>> calls;

    void add(const Route& route) {
        if (const auto* from_mqtt = std::get_if<MqttSource>(&route.source)) {
            mqtt[from_mqtt->broker].add(from_mqtt->topic, &route);
        } else if (const auto* from_happn = std::get_if<HappnSource>(&route.source)) {
            happn[from_happn->mesh].add(from_happn->path, &route);
        } else if (const auto* from_http = std::get_if<HttpSource>(&route.source)) {
            http.add(from_http->path, &route);
            http_routes.push_back(&route);
        } else {
            const auto& call = std::get<CallSource>(route.source);
            calls.emplace(std::pair{call.component, call.method}, &route);
        }
    }

    /// The tree compares encoded text; a path with escapes is compared with every pattern instead.
    template <typename Visit>
    void http_candidates(std::string_view path, const Visit& visit) const {
        if (path.find('%') == std::string_view::npos) {
            http.candidates(below_root(path), visit);
        } else {
            for (const Route* route : http_routes)
                visit(route);
        }
    }
};

Router::Router(std::shared_ptr<const RoutingTable> table)
    : table_{std::move(table)}, index_{std::make_unique<Index>()} {
    for (const Route& route : table_->routes())
        index_->add(route);
}

Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::match_mqtt(std::string_view broker, std::string_view topic, const Visit& visit) const {
    visit_matches(index_->mqtt, broker, topic, topic, visit);
}

void Router::match_happn(std::string_view mesh, std::string_view path, const Visit& visit) const {
    visit_matches(index_->happn, mesh, path, below_root(path), visit);
}

HttpMatch Router::match_http(std::string_view method, std::string_view path) const {
    HttpMatch best;
    index_->http_candidates(path, [&](const Route* route) {
        const auto& source = std::get<HttpSource>(route->source);
        auto captures = source.path.match(path);
        if (!captures) return;
        add_once(best.allowed, source.method);
        if (source.method == "GET") add_once(best.allowed, "HEAD");
        if (source.method != method && !(method == "HEAD" && source.method == "GET")) return;
        if (best.route != nullptr && !source.path.more_specific_than(pattern_of(*best.route))) return;
        best.route = route;
        best.captures = *std::move(captures);
    });
    if (best.route != nullptr) {
        best.kind = HttpMatch::Kind::found;
    } else if (!best.allowed.empty()) {
        best.kind = HttpMatch::Kind::wrong_method;
    }
    return best;
}

const Route* Router::match_call(std::string_view component, std::string_view method) const {
    const auto found = index_->calls.find(std::pair{std::string{component}, std::string{method}});
    return found == index_->calls.end() ? nullptr : found->second;
}

}  // namespace gateway
