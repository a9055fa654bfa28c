// `from: { http: ... }`, compiled. What is wrong is a finding, and nullopt.
#pragma once

#include <optional>

#include "gateway/route.hpp"
#include "mappings/compilation.hpp"

namespace mappings {

std::optional<gateway::SourceRule> compile_http_source(const config::Node& node,
                                                       const Compilation& compilation);

}  // namespace mappings
