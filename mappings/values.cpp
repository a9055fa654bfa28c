#include "mappings/values.hpp"

namespace mappings {
namespace {

using config::Node;
using gateway::ObjectMap;
using gateway::Scope;
using gateway::Template;
using gateway::Value;

std::optional<ObjectMap> compile_object(const Node& node,
                                        const Scope& scope,
                                        const Compilation& compilation) {
    ObjectMap::Object members;
    bool whole = true;
    for (const auto& member : node.members()) {
        auto value = compile_value(member.value, scope, compilation);
        if (member.key == ObjectMap::spread_key && !member.value.is_scalar()) {
            compilation.error("HG407", member.value.place(), "'...' takes a template: \"{payload}\"");
            value.reset();
        }
        whole = whole && value.has_value();
        if (value) members.push_back({member.key, *std::move(value)});
    }
    return whole ? std::optional{ObjectMap::object(std::move(members))} : std::nullopt;
}

std::optional<ObjectMap> compile_list(const Node& node, const Scope& scope, const Compilation& compilation) {
    ObjectMap::List elements;
    bool whole = true;
    for (const auto& item : node.items()) {
        auto value = compile_value(item, scope, compilation);
        whole = whole && value.has_value();
        if (value) elements.push_back(*std::move(value));
    }
    return whole ? std::optional{ObjectMap::list(std::move(elements))} : std::nullopt;
}

bool is_constant(const Node& scalar) {
    return scalar.as_bool() || scalar.as_number();
}

}  // namespace

std::optional<Template> compile_template(const Node& node,
                                         const Scope& scope,
                                         const Compilation& compilation) {
    auto parsed = Template::parse(node.text(), scope);
    if (parsed.has_value()) return *std::move(parsed);
    compilation.report("HG202", node, parsed.error());
    return std::nullopt;
}

std::optional<ObjectMap> compile_value(const Node& node, const Scope& scope, const Compilation& compilation) {
    if (node.is_map()) return compile_object(node, scope, compilation);
    if (node.is_list()) return compile_list(node, scope, compilation);
    if (node.is_null() || is_constant(node)) return ObjectMap{Value::json(gateway::Bytes{node.json()})};
    auto leaf = compile_template(node, scope, compilation);
    return leaf ? std::optional{ObjectMap{*std::move(leaf)}} : std::nullopt;
}

std::optional<Template> template_of(const Node& node,
                                    std::string_view key,
                                    const Scope& scope,
                                    const Compilation& compilation) {
    const auto* found = child(node, key);
    return found == nullptr ? std::nullopt : compile_template(*found, scope, compilation);
}

std::optional<ObjectMap> value_of(const Node& node,
                                  std::string_view key,
                                  const Scope& scope,
                                  const Compilation& compilation) {
    const auto* found = child(node, key);
    return found == nullptr ? std::nullopt : compile_value(*found, scope, compilation);
}

std::vector<std::pair<std::string, Template>> templates_of(const Node& node,
                                                           std::string_view key,
                                                           const Scope& scope,
                                                           const Compilation& compilation) {
    std::vector<std::pair<std::string, Template>> result;
    const auto* found = child(node, key);
    if (found == nullptr) return result;
    for (const auto& member : found->members()) {
        if (auto text = compile_template(member.value, scope, compilation)) {
            result.emplace_back(member.key, *std::move(text));
        }
    }
    return result;
}

}  // namespace mappings
