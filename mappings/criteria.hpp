// `criteria` of a get, compiled: what decides which items are found is written in the mapping, and a message
// gives values to compare with. What is wrong is a finding.
#pragma once

#include <optional>

#include "gateway/expression/object_map.hpp"
#include "mappings/compilation.hpp"

namespace mappings {

/// Of a target that has them.
std::optional<gateway::ObjectMap> compile_criteria(const config::Node& target,
                                                   const gateway::Scope& scope,
                                                   const Compilation& compilation);

}  // namespace mappings
