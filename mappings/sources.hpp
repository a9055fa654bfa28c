// `from:` of a route, the ends of a two-way route, and the parameters of a method, compiled. What is wrong is
// a finding, and nullopt.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "gateway/route.hpp"
#include "mappings/compilation.hpp"

namespace mappings {

std::optional<gateway::SourceRule> compile_source(const config::Node& node, const Compilation& compilation);

/// An end of a two-way route as a source. `removes`: removes are carried, too.
std::optional<gateway::SourceRule> compile_end_source(const config::Node& end,
                                                      bool removes,
                                                      const Compilation& compilation);

std::vector<gateway::Parameter> compile_parameters(const config::Node& method,
                                                   const Compilation& compilation);

/// What templates may name behind this source.
gateway::Scope scope_of(const gateway::SourceRule& source, const Compilation& compilation);

gateway::Decode decode_of(const config::Node& node);

/// `text` stands in `node` from `offset` on.
std::optional<gateway::AddressPattern> compile_pattern(const config::Node& node,
                                                       std::string_view text,
                                                       std::size_t offset,
                                                       gateway::AddressKind kind,
                                                       const Compilation& compilation);

}  // namespace mappings
