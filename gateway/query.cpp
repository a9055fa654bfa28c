#include "gateway/query.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "gateway/expression/suggestion.hpp"
#include "gateway/json.hpp"

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

bool is_number(std::string_view text) {
    const bool starts_like_one =
        !text.empty() && (text.front() == '-' || (text.front() >= '0' && text.front() <= '9'));
    return starts_like_one && json::valid(text) && json::trimmed(text) == text;
}

bool in_range(std::string_view text, const QueryParameter& parameter) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return !parameter.minimum && !parameter.maximum;
    return !(parameter.minimum && number < *parameter.minimum) &&
           !(parameter.maximum && number > *parameter.maximum);
}

Result<std::string> typed(const std::string& text, const QueryParameter& parameter) {
    switch (parameter.type) {
        case ValueType::integer:
            if (!is_number(text) || text.find_first_of(".eE") != std::string::npos)
                return bad_query(parameter.name, "must be an integer");
            break;
        case ValueType::number:
            if (!is_number(text)) return bad_query(parameter.name, "must be a number");
            break;
        case ValueType::boolean:
            if (text == "true" || text == "1") return std::string{"true"};
            if (text == "false" || text == "0") return std::string{"false"};
            return bad_query(parameter.name, "must be true or false");
        default:
            return text;
    }
    if (!in_range(text, parameter)) return bad_query(parameter.name, "is out of range");
    return text;
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
