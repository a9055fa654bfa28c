#include "gateway/expression/braces.hpp"

#include <algorithm>

namespace gateway {
namespace {

/// Where the expression that starts at `at` is closed; npos if it is not.
std::size_t closing_brace(std::string_view text, std::size_t at) {
    char quote = '\0';
    for (; at < text.size(); ++at) {
        const char character = text[at];
        if (quote != '\0') {
            if (character == '\\') {
                ++at;
            } else if (character == quote) {
                quote = '\0';
            }
        } else if (character == '\'' || character == '"') {
            quote = character;
        } else if (character == '}') {
            return at;
        } else if (character == '{') {
            return std::string_view::npos;
        }
    }
    return std::string_view::npos;
}

ExpressionProblem never_closed(std::size_t at) {
    return {at, "'{' is never closed", "write '{{' for a brace that is meant as text"};
}

ExpressionProblem never_opened(std::size_t at) {
    return {at, "'}' closes nothing", "write '}}' for a brace that is meant as text"};
}

}  // namespace

Parsed<std::vector<TemplatePart>> split_braces(std::string_view text) {
    std::vector<TemplatePart> parts;
    for (std::size_t at = 0; at < text.size();) {
        const auto brace = std::min(text.find_first_of("{}", at), text.size());
        if (brace > at) parts.push_back({false, text.substr(at, brace - at), at});
        if (brace == text.size()) break;
        if (brace + 1 < text.size() && text[brace + 1] == text[brace]) {
            parts.push_back({false, text.substr(brace, 1), brace});
            at = brace + 2;
            continue;
        }
        if (text[brace] == '}') return never_opened(brace);
        const auto end = closing_brace(text, brace + 1);
        if (end == std::string_view::npos) return never_closed(brace);
        parts.push_back({true, text.substr(brace + 1, end - brace - 1), brace + 1});
        at = end + 1;
    }
    return parts;
}

}  // namespace gateway
