#include "adapters/happn/criteria.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace happn {
namespace {

using Json = nlohmann::ordered_json;

bool is_operator(std::string_view name) {
    return name.starts_with('$');
}

bool combines_criteria(std::string_view name) {
    return name == "$and" || name == "$or" || name == "$nor";
}

/// $options says how the $regex beside it is meant.
bool belongs_together(const Json& condition) {
    return condition.contains("$regex") && condition.contains("$options");
}

bool has_several_operators(const Json& condition) {
    if (!condition.is_object() || condition.size() < 2 || belongs_together(condition)) return false;
    return std::ranges::all_of(condition.items(),
                               [](const auto& member) { return is_operator(member.key()); });
}

Json separated(Json criteria);

Json separated_each(Json list) {
    if (!list.is_array()) return list;
    for (Json& criteria : list)
        criteria = separated(std::move(criteria));
    return list;
}

Json separated(Json criteria) {
    if (!criteria.is_object()) return criteria;
    Json parts = Json::array();
    for (const auto& [name, condition] : criteria.items()) {
        if (combines_criteria(name)) {
            parts.push_back({{name, separated_each(condition)}});
        } else if (has_several_operators(condition)) {
            for (const auto& [word, operand] : condition.items())
                parts.push_back({{name, {{word, operand}}}});
        } else {
            parts.push_back({{name, condition}});
        }
    }
    if (parts.size() > criteria.size()) return {{"$and", std::move(parts)}};
    Json joined = Json::object();
    for (Json& part : parts)
        joined.update(part);
    return joined;
}

}  // namespace

std::string one_operator_a_name(std::string_view criteria) {
    std::string same{criteria};
    if (std::ranges::count(criteria, '$') < 2) return same;
    Json parsed = Json::parse(criteria, nullptr, false);
    if (parsed.is_discarded()) return same;
    Json changed = separated(parsed);
    return changed == parsed ? same : changed.dump();
}

}  // namespace happn
