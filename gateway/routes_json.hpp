// The routing table as people and tools are shown it.
#pragma once

#include <string>

#include "gateway/routing_table.hpp"

namespace gateway {

/// "mqtt[local] devices/{device}/telemetry", "happn[site] on /x", "http GET /y", "call thermostat/setTarget".
std::string source_text(const SourceRule& source);
std::string target_text(const TargetRule& target);

/// A JSON array: `[{"name","from","to":[...],"place","description"}]`.
std::string routes_json(const RoutingTable& table);

}  // namespace gateway
