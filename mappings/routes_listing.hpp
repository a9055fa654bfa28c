// The routing table as `routes` prints it: one line a target, in columns. (As JSON: gateway/routes_json.hpp.)
#pragma once

#include <string>

#include "gateway/routing_table.hpp"

namespace mappings {

std::string routes_text(const gateway::RoutingTable& table);

}  // namespace mappings
