#include "gateway/expression/value.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "gateway/json.hpp"

namespace gateway {
namespace {

// 2^53: above it not every integer is a double, so that digits would be made up.
constexpr double exact_integers = 9007199254740992.0;

}  // namespace

Value Value::text(std::string_view text) {
    return Value{Bytes{json::quoted(text)}};
}

Value Value::number(double number) {
    if (!std::isfinite(number)) return Value{Bytes::literal("null")};
    if (std::trunc(number) == number && std::abs(number) <= exact_integers) {
        return integer(static_cast<long long>(number));
    }
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return Value{Bytes{std::string{digits.data(), end}}};
}

Value Value::integer(long long number) {
    return Value{Bytes{std::to_string(number)}};
}

Value Value::boolean(bool value) {
    return Value{Bytes::literal(value ? "true" : "false")};
}

std::string Value::to_text() const {
    if (is_string()) return json::unquoted(json_.view()).value_or(std::string{});
    return json_.str();
}

}  // namespace gateway
