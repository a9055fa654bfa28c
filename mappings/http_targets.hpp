// `to: { http: ... }`, compiled. What is wrong is a finding; no finding ever shows a secret.
#pragma once

#include <optional>

#include "gateway/route.hpp"
#include "mappings/compilation.hpp"

namespace mappings {

std::optional<gateway::Target> compile_http_target(const config::Node& node,
                                                   const gateway::Scope& scope,
                                                   const Compilation& compilation);

}  // namespace mappings
