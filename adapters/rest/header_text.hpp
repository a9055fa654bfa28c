// The characters of names and values in HTTP's heads (RFC 9110 sections 5.5 and 5.6.2). Pure.
#pragma once

#include <algorithm>
#include <string_view>

namespace rest {

constexpr bool is_token_character(char c) {
    const bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return alphanumeric || std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}

/// The tab is none: it is a blank.
constexpr bool is_control(char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
}

/// May it be a header's name?
constexpr bool is_token(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, is_token_character);
}

/// May it be a header's value, as far as bytes go?
constexpr bool is_header_value(std::string_view value) {
    return std::ranges::none_of(value, is_control);
}

}  // namespace rest
