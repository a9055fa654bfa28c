#include "mappings/criteria.hpp"

#include <algorithm>
#include <array>

#include "mappings/values.hpp"

namespace mappings {
namespace {

using config::Node;
using gateway::ObjectMap;
using gateway::Scope;
using gateway::Template;

/// Operators whose operand is made of conditions. One that is empty fits everything.
constexpr std::array<std::string_view, 4> combining{"$and", "$or", "$nor", "$elemMatch"};

constexpr const char* values_only =
    "write the conditions here, with templates for their values: { owner: \"{payload.owner}\" }";

/// Finds the places where a message could say more than a value.
class Check {
public:
    Check(const Scope& scope, const Compilation& compilation) : scope_{scope}, compilation_{compilation} {}

    void whole(const Node& criteria) {
        if (is_of_message(criteria))
            compilation_.findings.warning("HG212",
                                          criteria.place(),
                                          "criteria that are one template: the sender decides what is found",
                                          values_only);
        conditions(criteria, Depth::outermost);
    }

private:
    enum class Depth : std::uint8_t { outermost, below };

    void conditions(const Node& node, Depth depth) {
        for (const auto& member : node.members()) {
            if (member.key == ObjectMap::spread_key && depth == Depth::below) refuse_spread(member);
            if (std::ranges::find(combining, member.key) != combining.end()) combined(member);
            conditions(member.value, Depth::below);
        }
        for (const auto& item : node.items())
            conditions(item, Depth::below);
    }

    void combined(const Node::Member& member) {
        if (is_of_message(member.value)) refuse(member.key, member.value);
        for (const auto& item : member.value.items())
            if (is_of_message(item)) refuse(member.key, item);
    }

    void refuse(const std::string& op, const Node& node) {
        compilation_.error(
            "HG409",
            node.place(),
            "the conditions of '" + op + "' are written in the mapping, never taken from a message",
            values_only);
    }

    void refuse_spread(const Node::Member& member) {
        compilation_.error(
            "HG409", member.place, "'...' stands in the outermost object of criteria only", values_only);
    }

    /// What is no template at all is told elsewhere.
    bool is_of_message(const Node& node) const {
        if (!node.is_scalar()) return false;
        const auto parsed = Template::parse(node.text(), scope_);
        return parsed.has_value() && !parsed->constant();
    }

    const Scope& scope_;
    const Compilation& compilation_;
};

}  // namespace

std::optional<ObjectMap> compile_criteria(const Node& target,
                                          const Scope& scope,
                                          const Compilation& compilation) {
    if (const Node* criteria = child(target, "criteria")) Check{scope, compilation}.whole(*criteria);
    return value_of(target, "criteria", scope, compilation);
}

}  // namespace mappings
