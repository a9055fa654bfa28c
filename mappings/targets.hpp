// `to:` of a route, compiled: addresses as safe templates, options as data. What is wrong is a finding.
#pragma once

#include <optional>
#include <vector>

#include "gateway/route.hpp"
#include "mappings/compilation.hpp"

namespace mappings {

/// `as` of a route: what its targets inherit.
struct Identity {
    gateway::As as = gateway::As::caller;
    std::optional<gateway::Template> user;
};

Identity compile_identity(const config::Node& node,
                          const Identity& inherited,
                          const gateway::Scope& scope,
                          const Compilation& compilation);

/// One target or a list of them. Those that are wrong are left out.
std::vector<gateway::Target> compile_targets(const config::Node& to,
                                             const gateway::Scope& scope,
                                             const Identity& inherited,
                                             const Compilation& compilation);

/// An end of a two-way route as a target. `removes`: removes are carried, too.
std::optional<gateway::Target> compile_end_target(const config::Node& end,
                                                  bool removes,
                                                  const gateway::Scope& scope,
                                                  const Compilation& compilation);

}  // namespace mappings
