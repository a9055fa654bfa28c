#include "adapters/rest/http_message.hpp"

#include <algorithm>

#include "gateway/payload.hpp"

namespace rest {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// A proxy's absolute-form (RFC 9112 section 3.2.2) without scheme and authority.
std::string_view origin_form(std::string_view target) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (target.size() < scheme.size() || !equal_ignoring_case(target.substr(0, scheme.size()), scheme))
            continue;
        const auto path = target.find_first_of("/?", scheme.size());
        return path == std::string_view::npos ? std::string_view{"/"} : target.substr(path);
    }
    return target;
}

}  // namespace

std::string_view HttpRequest::header(std::string_view name) const {
    for (const Header& header : headers) {
        if (equal_ignoring_case(header.name, name)) return header.value;
    }
    return {};
}

bool HttpRequest::has_header(std::string_view name) const {
    return std::ranges::any_of(headers,
                               [&](const Header& header) { return equal_ignoring_case(header.name, name); });
}

std::string_view HttpRequest::path() const {
    const std::string_view origin = origin_form(target);
    return origin.substr(0, origin.find_first_of("?#"));
}

std::string_view HttpRequest::query() const {
    const std::string_view origin = origin_form(target);
    const auto mark = origin.find('?');
    if (mark == std::string_view::npos) return {};
    const std::string_view rest = origin.substr(mark + 1);
    return rest.substr(0, rest.find('#'));
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string lower_case(std::string_view text) {
    std::string result{text};
    std::ranges::transform(result, result.begin(), lower);
    return result;
}

bool has_list_element(std::string_view value, std::string_view word) {
    while (!value.empty()) {
        const auto comma = value.find(',');
        if (equal_ignoring_case(trimmed(value.substr(0, comma)), word)) return true;
        if (comma == std::string_view::npos) break;
        value.remove_prefix(comma + 1);
    }
    return false;
}

bool is_list_of(std::string_view value, std::string_view word) {
    while (!value.empty()) {
        const auto comma = value.find(',');
        const auto element = trimmed(value.substr(0, comma));
        if (!element.empty() && !equal_ignoring_case(element, word)) return false;
        if (comma == std::string_view::npos) break;
        value.remove_prefix(comma + 1);
    }
    return true;
}

std::string media_type(std::string_view content_type) {
    return lower_case(trimmed(content_type.substr(0, content_type.find(';'))));
}

std::optional<Query> parse_query(std::string_view query) {
    if (query.empty()) return Query{};
    return gateway::parse_form(query);
}

}  // namespace rest
