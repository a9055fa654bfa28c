// What documents say about a route that is not written in one place of it. Pure functions.
#pragma once

#include <string>

#include "gateway/documents/schemas.hpp"
#include "gateway/routing_table.hpp"

namespace gateway::documents {

/// The target whose answer the source gets; null: none of them answers.
const Target* answering_target(const Route& route);

/// The method of the gateway's own that an address names, if it always names the same one; else null.
const CallSource* own_method(const RoutingTable& table, const CallTarget& target);

/// What the source is answered when all goes well; {}: not known.
Json answer_schema(const RoutingTable& table, const Route& route);

/// "smart-building" of "/etc/gateway/smart-building.yaml:12".
std::string file_of(const Route& route);

}  // namespace gateway::documents
