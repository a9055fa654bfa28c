#include "gateway/query.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "gateway/expression/suggestion.hpp"
#include "gateway/text_value.hpp"

namespace gateway {
namespace {

Error bad_query(std::string_view name, std::string_view what) {
    return Error{Errc::bad_request, "query parameter '" + std::string{name} + "' " + std::string{what}};
}

Error unknown(std::string_view name, const std::vector<QueryParameter>& declared) {
    Suggestion suggestion{name};
    for (const QueryParameter& parameter : declared)
        suggestion.consider(parameter.name);
    const std::string hint = suggestion.hint();
    return bad_query(name, hint.empty() ? "is not known" : "is not known: " + hint);
}

bool in_range(double number, const QueryParameter& parameter) {
    return !(parameter.minimum && number < *parameter.minimum) &&
           !(parameter.maximum && number > *parameter.maximum);
}

/// "from 1 to 100", "at least 1"
std::string range_of(const QueryParameter& parameter) {
    const auto text = [](double limit) { return Value::number(limit).to_text(); };
    if (!parameter.maximum) return "at least " + text(*parameter.minimum);
    if (!parameter.minimum) return "at most " + text(*parameter.maximum);
    return "from " + text(*parameter.minimum) + " to " + text(*parameter.maximum);
}

std::string_view wanted(ValueType type) {
    return type == ValueType::integer  ? "must be an integer"
           : type == ValueType::number ? "must be a number"
                                       : "must be true or false";
}

Result<std::string> typed(const std::string& text, const QueryParameter& parameter) {
    if (!is_read_from_text(parameter.type)) return text;
    auto value = value_of_text(text, parameter.type);
    if (!value) return bad_query(parameter.name, wanted(parameter.type));
    if (parameter.type == ValueType::boolean) return *std::move(value);
    const double number = as_double(*value);
    if (!in_range(number, parameter)) return bad_query(parameter.name, "must be " + range_of(parameter));
    // Programs that read it would take it for infinity.
    if (!std::isfinite(number)) return bad_query(parameter.name, "is too large a number");
    return *std::move(value);
}

}  // namespace

Result<std::vector<NameValue>> check_query(const std::vector<NameValue>& given,
                                           const std::vector<QueryParameter>& declared) {
    std::vector<NameValue> checked;
    for (const auto& [name, value] : given) {
        const auto parameter = std::ranges::find(declared, name, &QueryParameter::name);
        if (parameter == declared.end()) return unknown(name, declared);
        if (std::ranges::find(checked, name, &NameValue::first) != checked.end())
            return bad_query(name, "is given more than once");
        auto text = typed(value, *parameter);
        if (text.has_error()) return text.error();
        checked.emplace_back(name, *std::move(text));
    }
    for (const QueryParameter& parameter : declared) {
        if (std::ranges::find(checked, parameter.name, &NameValue::first) != checked.end()) continue;
        if (parameter.fallback) {
            checked.emplace_back(parameter.name, parameter.fallback->to_text());
        } else if (parameter.required) {
            return bad_query(parameter.name, "is missing");
        }
    }
    return checked;
}

}  // namespace gateway
