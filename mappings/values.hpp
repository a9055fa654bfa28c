// Templates and objects of templates out of a checked tree. What is wrong is a finding (HG202) at its place,
// and nullopt.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/expression/object_map.hpp"
#include "mappings/compilation.hpp"

namespace mappings {

std::optional<gateway::Template> compile_template(const config::Node& node,
                                                  const gateway::Scope& scope,
                                                  const Compilation& compilation);
std::optional<gateway::ObjectMap> compile_value(const config::Node& node,
                                                const gateway::Scope& scope,
                                                const Compilation& compilation);

/// `node[key]`, or nullopt if it is not there.
std::optional<gateway::Template> template_of(const config::Node& node,
                                             std::string_view key,
                                             const gateway::Scope& scope,
                                             const Compilation& compilation);
std::optional<gateway::ObjectMap> value_of(const config::Node& node,
                                           std::string_view key,
                                           const gateway::Scope& scope,
                                           const Compilation& compilation);
std::vector<std::pair<std::string, gateway::Template>> templates_of(const config::Node& node,
                                                                    std::string_view key,
                                                                    const gateway::Scope& scope,
                                                                    const Compilation& compilation);

}  // namespace mappings
