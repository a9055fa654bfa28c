// `stream:` of a target: an HTTP request that is answered with items as they come. What is wrong is a
// finding.
#pragma once

#include <optional>

#include "gateway/route.hpp"
#include "mappings/compilation.hpp"

namespace mappings {

std::optional<gateway::Target> compile_stream(const config::Node& node,
                                              const gateway::Scope& scope,
                                              const Compilation& compilation);

/// A stream stands behind an HTTP source, alone, and each of its captures has a name of its own. `node`: of
/// the route.
void check_stream(const config::Node& node, const gateway::Route& route, const Compilation& compilation);

/// What `respond.body` may name besides: the captures of each item.
void add_item_captures(gateway::Scope& scope, const gateway::Route& route);

}  // namespace mappings
