// Where targets send to, compiled as safe templates, and the trees that nobody may send to.
#pragma once

#include <optional>
#include <string_view>

#include "gateway/expression/template.hpp"
#include "mappings/compilation.hpp"

namespace mappings {

/// `text` stands `offset` bytes behind the beginning of what `node` holds. What is wrong is a finding
/// (HG202).
std::optional<gateway::AddressTemplate> compile_address(const config::Node& node,
                                                        std::string_view text,
                                                        std::size_t offset,
                                                        gateway::AddressTemplate::Kind kind,
                                                        const gateway::Scope& scope,
                                                        const Compilation& compilation,
                                                        bool wildcards = false);

/// The tree's root, or something in it.
bool is_below(std::string_view address, std::string_view tree);

/// HG205.
void refuse_reserved(const config::Node& node,
                     std::size_t offset,
                     std::string_view tree,
                     const Compilation& compilation);

}  // namespace mappings
