// `respond:` and `errors:`, compiled, and what must hold between a source that waits and its targets.
#pragma once

#include <optional>
#include <vector>

#include "gateway/route.hpp"
#include "mappings/compilation.hpp"

namespace mappings {

/// Fills route.respond and route.errors from `node`, a route or method whose targets are compiled, and judges
/// whether the source gets an answer (HG411).
void compile_answers(const config::Node& node,
                     const gateway::Scope& scope,
                     gateway::Route& route,
                     const Compilation& compilation);

}  // namespace mappings
