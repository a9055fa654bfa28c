// `to: { happn: ... }`, compiled. What is wrong is a finding.
#pragma once

#include <optional>
#include <string_view>

#include "gateway/route.hpp"
#include "mappings/compilation.hpp"

namespace mappings {

std::optional<gateway::Target> compile_happn_target(const config::Node& node,
                                                    const gateway::Scope& scope,
                                                    const Compilation& compilation);

/// An end of a two-way route, which stores. `path`: as that of a target.
std::optional<gateway::HappnTarget> compile_happn_end(const config::Node& end,
                                                      std::string_view path,
                                                      bool removes,
                                                      const gateway::Scope& scope,
                                                      const Compilation& compilation);

}  // namespace mappings
