// All routes of one configuration, immutable. Each shard has its own copy; a reload swaps the whole. Built by
// mappings::compile; indexed by Router.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/route.hpp"

namespace gateway {

class RoutingTable {
public:
    RoutingTable(std::vector<Route> routes, std::map<std::string, ComponentRule> components);
    RoutingTable(const RoutingTable&) = delete;
    RoutingTable& operator=(const RoutingTable&) = delete;

    const std::vector<Route>& routes() const { return routes_; }
    const std::map<std::string, ComponentRule>& components() const { return components_; }
    const Route* find(std::string_view name) const;

private:
    std::vector<Route> routes_;
    std::unordered_map<std::string_view, const Route*> by_name_;
    std::map<std::string, ComponentRule> components_;
};

std::shared_ptr<const RoutingTable> no_routes();

}  // namespace gateway
