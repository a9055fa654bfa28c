#include "adapters/rest/idempotency_key.hpp"

#include <algorithm>

namespace rest {
namespace {

bool is_bare(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return c > ' ' && c < 0x7f && std::string_view{"\",;\\"}.find(c) == std::string_view::npos;
    });
}

/// Behind the closing quote.
bool is_rest_of_item(std::string_view rest) {
    return rest.empty() || rest.front() == ';';
}

/// `text` begins with a quote.
std::optional<std::string> read_string(std::string_view text) {
    std::string key;
    for (std::size_t i = 1; i < text.size(); ++i) {
        char c = text[i];
        if (c == '"') return is_rest_of_item(text.substr(i + 1)) ? std::optional{key} : std::nullopt;
        if (c == '\\') {
            c = ++i < text.size() ? text[i] : '\0';
            if (c != '"' && c != '\\') return std::nullopt;
        }
        if (c < ' ' || c >= 0x7f) return std::nullopt;
        key += c;
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> read_idempotency_key(std::string_view value) {
    std::optional<std::string> key;
    if (value.starts_with('"')) {
        key = read_string(value);
    } else if (is_bare(value)) {
        key = std::string{value};
    }
    const bool fits = key && !key->empty() && key->size() <= longest_idempotency_key;
    return fits ? key : std::nullopt;
}

}  // namespace rest
