// `delivery:` of a route, compiled.
#pragma once

#include "gateway/route.hpp"
#include "mappings/compilation.hpp"

namespace mappings {

/// By the route's own word, or the file's default.
bool is_at_least_once(const config::Node& node, const Compilation& compilation);

/// Of the route `node`, whose source and targets `route` has already; what the route does not say, the file's
/// defaults do.
void compile_delivery(const config::Node& node, gateway::Route& route, const Compilation& compilation);

}  // namespace mappings
