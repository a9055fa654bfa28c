#include "mappings/header_names.hpp"

#include <algorithm>

namespace mappings {
namespace {

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    return text;
}

/// A token of RFC 9110 section 5.6.2.
bool is_header_name(std::string_view name) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
    };
    return !name.empty() && std::ranges::all_of(name, fits);
}

}  // namespace

bool check_header_name(const std::string& name,
                       std::span<const std::string_view> own,
                       const config::Place& place,
                       const Compilation& compilation) {
    if (!is_header_name(name)) {
        compilation.error("HG210", place, "'" + name + "' is no name of a header");
        return false;
    }
    if (std::ranges::find(own, lower(name)) == own.end()) return true;
    compilation.error("HG210", place, "the gateway makes the header '" + name + "' itself");
    return false;
}

}  // namespace mappings
