#include "gateway/arguments.hpp"

#include <algorithm>

#include "gateway/expression/value.hpp"
#include "gateway/json.hpp"
#include "gateway/text_value.hpp"

namespace gateway {
namespace {

char first_of(std::string_view json) {
    const std::string_view text = json::trimmed(json);
    return text.empty() ? '\0' : text.front();
}

bool is_number(char first) {
    return first == '-' || (first >= '0' && first <= '9');
}

bool is_integer(std::string_view text) {
    return text.find_first_of(".eE") == std::string_view::npos;
}

bool has_type(std::string_view value, ValueType type) {
    const char first = first_of(value);
    switch (type) {
        case ValueType::any:
            return true;
        case ValueType::string:
            return first == '"';
        case ValueType::number:
            return is_number(first);
        case ValueType::integer:
            return is_number(first) && is_integer(value);
        case ValueType::boolean:
            return first == 't' || first == 'f';
        case ValueType::object:
            return first == '{';
        case ValueType::array:
            return first == '[';
    }
    return false;
}

std::string_view type_name(ValueType type) {
    switch (type) {
        case ValueType::any:
            return "any";
        case ValueType::string:
            return "string";
        case ValueType::number:
            return "number";
        case ValueType::integer:
            return "integer";
        case ValueType::boolean:
            return "boolean";
        case ValueType::object:
            return "object";
        case ValueType::array:
            return "array";
    }
    return "any";
}

Error bad_argument(const Parameter& parameter, std::string_view what) {
    return Error{Errc::bad_request, "parameter '" + parameter.name + "' " + std::string{what}};
}

/// A few, for people; the description of the method has all of them.
std::string in_words(const std::vector<std::string>& allowed) {
    constexpr std::size_t enough = 10;
    std::string text;
    for (std::size_t i = 0; i < std::min(allowed.size(), enough); ++i)
        text += (i == 0 ? "" : ", ") + allowed[i];
    return allowed.size() > enough ? text + " ..." : text;
}

std::optional<Error> check(const Parameter& parameter, std::string_view value) {
    if (!has_type(value, parameter.type))
        return bad_argument(parameter, "must be of type " + std::string{type_name(parameter.type)});
    if (parameter.minimum || parameter.maximum) {
        const double number = as_double(value);
        if (parameter.minimum && number < *parameter.minimum)
            return bad_argument(parameter,
                                "is below its minimum, " + Value::number(*parameter.minimum).to_text());
        if (parameter.maximum && number > *parameter.maximum)
            return bad_argument(parameter,
                                "is above its maximum, " + Value::number(*parameter.maximum).to_text());
    }
    if (parameter.one_of && std::ranges::find(*parameter.one_of, value) == parameter.one_of->end())
        return bad_argument(parameter, "is not one of " + in_words(*parameter.one_of));
    return std::nullopt;
}

/// happner callers may hand over one object with the parameters by name.
bool is_by_name(std::string_view only_argument, const std::vector<Parameter>& parameters) {
    if (parameters.size() < 2 || first_of(only_argument) != '{') return false;
    return std::ranges::any_of(parameters, [&](const Parameter& parameter) {
        return json::member(only_argument, parameter.name).has_value();
    });
}

std::string typed_argument(std::string_view argument, ValueType type) {
    const auto text = is_read_from_text(type) ? json::unquoted(argument) : std::nullopt;
    const auto value = text ? value_of_text(*text, type) : std::nullopt;
    return value.value_or(std::string{argument});
}

}  // namespace

Result<std::string> named_arguments(std::string_view array, const std::vector<Parameter>& parameters) {
    const auto only = json::element(array, 0);
    const bool by_name = only && !json::element(array, 1) && is_by_name(*only, parameters);
    if (!by_name && json::element(array, parameters.size()))
        return Error{Errc::bad_request,
                     "too many arguments: the method takes " + std::to_string(parameters.size())};
    std::string object = "{";
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        const Parameter& parameter = parameters[i];
        auto value = by_name ? json::member(*only, parameter.name) : json::element(array, i);
        if (!value || json::trimmed(*value) == "null") {
            if (parameter.required) return bad_argument(parameter, "is missing");
            continue;
        }
        const std::string_view text = json::trimmed(*value);
        if (auto problem = check(parameter, text)) return *std::move(problem);
        if (object.size() > 1) object += ',';
        json::append_quoted(object, parameter.name);
        object += ':';
        object += text;
    }
    object += '}';
    return object;
}

std::string typed_arguments(std::string_view texts, const std::vector<Parameter>& parameters) {
    std::string list = "[";
    for (std::size_t i = 0; const auto argument = json::element(texts, i); ++i) {
        if (i > 0) list += ',';
        list +=
            i < parameters.size() ? typed_argument(*argument, parameters[i].type) : std::string{*argument};
    }
    list += ']';
    return list;
}

std::string positional_arguments(std::string_view object, const std::vector<std::string>& parameters) {
    std::string list = "[";
    for (const std::string& parameter : parameters) {
        if (parameter == "callback") continue;
        if (list.size() > 1) list += ',';
        list += json::member(object, parameter).value_or("null");
    }
    list += ']';
    return list;
}

std::string positional_arguments(std::string_view object, const std::vector<Parameter>& parameters) {
    std::vector<std::string> names;
    names.reserve(parameters.size());
    for (const Parameter& parameter : parameters)
        names.push_back(parameter.name);
    return positional_arguments(object, names);
}

std::string as_argument_list(std::string_view json) {
    const std::string_view text = json::trimmed(json);
    if (text.empty()) return "[]";
    if (text.front() == '[') return std::string{text};
    return '[' + std::string{text} + ']';
}

bool is_array(std::string_view json) {
    return first_of(json) == '[';
}
bool is_object(std::string_view json) {
    return first_of(json) == '{';
}

}  // namespace gateway
