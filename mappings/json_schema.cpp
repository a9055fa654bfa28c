#include "mappings/json_schema.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "gateway/expression/suggestion.hpp"

namespace mappings {
namespace {

using config::Node;

constexpr std::array<std::string_view, 7> types{
    "string", "integer", "number", "boolean", "object", "array", "null"};
constexpr std::array<std::string_view, 5> references{"$ref", "$id", "$anchor", "$dynamicRef", "$defs"};
constexpr std::array<std::string_view, 4> named_schemas{
    "properties", "patternProperties", "dependentSchemas", "definitions"};
constexpr std::array<std::string_view, 4> plain_values{"enum", "const", "default", "examples"};

bool is_one_of(std::string_view word, const auto& words) {
    return std::ranges::find(words, word) != words.end();
}

void check_type(const Node& node, const Compilation& compilation) {
    for (const Node& item : node.items())
        check_type(item, compilation);
    if (node.is_list() || (node.is_scalar() && is_one_of(node.text(), types))) return;
    compilation.error("HG409",
                      node.place(),
                      "'" + node.text() + "' is no type of a JSON Schema",
                      gateway::did_you_mean(node.text(), types));
}

void check_schema(const Node& node, const Compilation& compilation);

void check_keyword(const Node::Member& member, const Compilation& compilation) {
    if (is_one_of(member.key, references)) {
        compilation.error("HG414",
                          member.place,
                          "'" + member.key + "' cannot be used in a schema of a mapping file",
                          "write the schema out where it is used");
    } else if (member.key == "type") {
        check_type(member.value, compilation);
    } else if (is_one_of(member.key, named_schemas)) {
        for (const auto& named : member.value.members())
            check_schema(named.value, compilation);
    } else if (!is_one_of(member.key, plain_values)) {
        check_schema(member.value, compilation);
    }
}

/// Also of lists of schemas; what is no schema, such as a number, has nothing to look at.
void check_schema(const Node& node, const Compilation& compilation) {
    for (const Node& item : node.items())
        check_schema(item, compilation);
    for (const auto& member : node.members())
        check_keyword(member, compilation);
}

}  // namespace

std::string compile_json_schema(const Node& node, const Compilation& compilation) {
    check_schema(node, compilation);
    return node.json();
}

}  // namespace mappings
