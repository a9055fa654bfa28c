#include "gateway/routing_table.hpp"

#include <utility>

namespace gateway {

RoutingTable::RoutingTable(std::vector<Route> routes, std::map<std::string, ComponentRule> components)
    : routes_{std::move(routes)}, components_{std::move(components)} {
    for (const Route& route : routes_)
        by_name_.emplace(route.name, &route);
}

const Route* RoutingTable::find(std::string_view name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : found->second;
}

std::shared_ptr<const RoutingTable> no_routes() {
    return std::make_shared<const RoutingTable>(std::vector<Route>{}, std::map<std::string, ComponentRule>{});
}

}  // namespace gateway
