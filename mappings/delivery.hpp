// `delivery:` of a route, compiled.
#pragma once

#include "gateway/route.hpp"
#include "mappings/compilation.hpp"

namespace mappings {

/// Of the route `node`, whose source and targets `route` has already; what the route does not say, the file's
/// defaults do.
void compile_delivery(const config::Node& node, gateway::Route& route, const Compilation& compilation);

}  // namespace mappings
