#include "gateway/expression/criteria_map.hpp"

#include <optional>
#include <string_view>

#include "gateway/expression/operand.hpp"
#include "gateway/json.hpp"
#include "gateway/json_names.hpp"

namespace gateway {
namespace {

bool has_operator(const Value& value) {
    return !json::each_name(value.json().view(), [](std::string_view literal) {
        const auto name = json::unquoted(literal);
        return !name || !name->starts_with('$');
    });
}

std::optional<Refused> is_there(const Template& from, const Value& value, const Evaluation& evaluation) {
    if (!value.absent()) return std::nullopt;
    return Refused{Refusal::absent, no_value(from.text() + " in criteria", from.why_absent(evaluation))};
}

std::optional<Refused> is_comparable(const Template& from, const Value& value, const Evaluation& evaluation) {
    if (auto refused = is_there(from, value, evaluation)) return refused;
    if (from.constant()) return std::nullopt;  // the mapping's own words
    if (!has_operator(value)) return std::nullopt;
    return Refused{Refusal::parameters, from.text() + " in criteria holds a name that begins with '$'"};
}

}  // namespace

Expanded<Value> render_criteria(const ObjectMap& criteria, const Evaluation& evaluation) {
    if (!criteria.is_template())
        return criteria.render(evaluation, {.look = is_comparable, .written_names_win = true});
    auto whole = criteria.render(evaluation, {.look = is_there});
    if (whole && !json::trimmed(whole->json().view()).starts_with('{'))
        return Refused{Refusal::parameters,
                       "criteria must be an object, not " + std::string{Operand::of(*whole).kind_name()}};
    return whole;
}

}  // namespace gateway
