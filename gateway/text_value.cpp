#include "gateway/text_value.hpp"

#include <charconv>
#include <cstdlib>
#include <system_error>

#include "gateway/json.hpp"

namespace gateway {
namespace {

bool is_number(std::string_view text) {
    const bool starts_like_one =
        !text.empty() && (text.front() == '-' || (text.front() >= '0' && text.front() <= '9'));
    return starts_like_one && json::valid(text) && json::trimmed(text) == text;
}

std::optional<std::string> boolean_of(std::string_view text) {
    if (text == "true" || text == "1") return "true";
    if (text == "false" || text == "0") return "false";
    return std::nullopt;
}

}  // namespace

bool is_read_from_text(ValueType type) {
    return type == ValueType::integer || type == ValueType::number || type == ValueType::boolean;
}

std::optional<std::string> value_of_text(std::string_view text, ValueType type) {
    if (type == ValueType::boolean) return boolean_of(text);
    const bool has_fraction = text.find_first_of(".eE") != std::string_view::npos;
    if (!is_number(text) || (type == ValueType::integer && has_fraction)) return std::nullopt;
    return std::string{text};
}

/// std::from_chars does not say whether a number is too large or too close to 0; std::strtod does.
double as_double(std::string_view number) {
    double value = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    return error == std::errc{} ? value : std::strtod(std::string{number}.c_str(), nullptr);
}

}  // namespace gateway
