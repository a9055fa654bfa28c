#include "mappings/target_addresses.hpp"

namespace mappings {

using config::Node;
using gateway::AddressTemplate;
using gateway::Scope;

std::optional<AddressTemplate> compile_address(const Node& node,
                                               std::string_view text,
                                               std::size_t offset,
                                               AddressTemplate::Kind kind,
                                               const Scope& scope,
                                               const Compilation& compilation,
                                               bool wildcards) {
    auto parsed = AddressTemplate::parse(text, kind, scope, wildcards);
    if (parsed.has_value()) return *std::move(parsed);
    compilation.report("HG202", node, parsed.error(), offset);
    return std::nullopt;
}

bool is_below(std::string_view address, std::string_view tree) {
    return address == tree || (address.starts_with(tree) && address[tree.size()] == '/');
}

void refuse_reserved(const Node& node,
                     std::size_t offset,
                     std::string_view tree,
                     const Compilation& compilation) {
    compilation.error("HG205",
                      node.place_at(offset),
                      "'" + std::string{tree} + "' is reserved: nothing may be sent there",
                      "choose another first level");
}

}  // namespace mappings
