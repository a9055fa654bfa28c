#include "gateway/routing_table.hpp"

#include <algorithm>
#include <utility>

namespace gateway {

RoutingTable::RoutingTable(std::vector<Route> routes, std::map<std::string, ComponentRule> components)
    : routes_{std::move(routes)}, components_{std::move(components)} {}

const Route* RoutingTable::find(std::string_view name) const {
    const auto found = std::ranges::find(routes_, name, &Route::name);
    return found == routes_.end() ? nullptr : &*found;
}

std::shared_ptr<const RoutingTable> no_routes() {
    return std::make_shared<const RoutingTable>(std::vector<Route>{}, std::map<std::string, ComponentRule>{});
}

}  // namespace gateway
