#include "adapters/rest/content_type.hpp"

#include <algorithm>

#include "adapters/rest/http_message.hpp"

namespace rest {
namespace {

bool is_token_character(char c) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || (c >= '0' && c <= '9') || marks.find(c) != std::string_view::npos;
}

void skip_blanks(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
}

bool take(std::string_view& text, char wanted) {
    if (!text.starts_with(wanted)) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<std::string> take_token(std::string_view& text) {
    std::string token;
    while (!text.empty() && is_token_character(text.front())) {
        token += text.front();
        text.remove_prefix(1);
    }
    return token.empty() ? std::nullopt : std::optional{token};
}

/// Behind its first quote.
std::optional<std::string> take_quoted(std::string_view& text) {
    std::string value;
    while (!text.empty()) {
        if (take(text, '"')) return value;
        if (take(text, '\\') && text.empty()) break;
        value += text.front();
        text.remove_prefix(1);
    }
    return std::nullopt;
}

/// `; name=value`
std::optional<gateway::NameValue> take_parameter(std::string_view& text) {
    if (!take(text, ';')) return std::nullopt;
    skip_blanks(text);
    auto name = take_token(text);
    skip_blanks(text);
    if (!name || !take(text, '=')) return std::nullopt;
    skip_blanks(text);
    auto value = take(text, '"') ? take_quoted(text) : take_token(text);
    skip_blanks(text);
    if (!value) return std::nullopt;
    return gateway::NameValue{*std::move(name), *std::move(value)};
}

}  // namespace

std::optional<ContentType> read_content_type(std::string_view header) {
    const auto end = std::min(header.find(';'), header.size());
    ContentType read{media_type(header), {}};
    std::string_view rest = header.substr(end);
    while (!rest.empty()) {
        const auto parameter = take_parameter(rest);
        if (!parameter) return std::nullopt;
        if (equal_ignoring_case(parameter->first, "charset")) read.charset = lower_case(parameter->second);
    }
    return read;
}

}  // namespace rest
