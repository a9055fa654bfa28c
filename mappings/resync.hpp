// `prefer`, `newest_by` and `resync` of a two-way route, compiled. What is wrong is a finding.
#pragma once

#include <optional>

#include "gateway/route.hpp"
#include "mappings/compilation.hpp"

namespace mappings {

/// What the keys say together, for both directions: `route` is the node of the two-way route, `a` and `b` its
/// ends.
void check_resync(const config::Node& route,
                  const config::Node& a,
                  const config::Node& b,
                  const Compilation& compilation);

/// For the direction that begins at this source; nullopt: a gap is left as it is.
std::optional<gateway::Resync> compile_resync(const config::Node& route,
                                              const gateway::SourceRule& source,
                                              const Compilation& compilation);

}  // namespace mappings
