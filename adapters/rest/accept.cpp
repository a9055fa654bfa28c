#include "adapters/rest/accept.hpp"

#include <algorithm>
#include <cstdlib>

#include "adapters/rest/http_message.hpp"

namespace rest {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// "0.5" is 500; what is no weight is 0 (RFC 9110 section 12.4.2: at most three digits).
int weight_of(std::string_view text) {
    if (text.empty() || text.size() > 5 || (text.front() != '0' && text.front() != '1')) return 0;
    int weight = (text.front() - '0') * 1000;
    if (text.size() == 1) return weight;
    if (text[1] != '.') return 0;
    int place = 100;
    for (const char digit : text.substr(2)) {
        if (digit < '0' || digit > '9') return 0;
        weight += (digit - '0') * place;
        place /= 10;
    }
    return std::min(weight, 1000);
}

int weight_among(std::string_view parameters) {
    while (!parameters.empty()) {
        const auto semicolon = parameters.find(';');
        const auto parameter = trimmed(parameters.substr(0, semicolon));
        if (parameter.size() >= 2 && (parameter[0] == 'q' || parameter[0] == 'Q') && parameter[1] == '=')
            return weight_of(parameter.substr(2));
        if (semicolon == std::string_view::npos) break;
        parameters.remove_prefix(semicolon + 1);
    }
    return 1000;
}

/// How much of the type a range names: 2 all, 1 the first half, 0 nothing; -1: it does not cover it.
int precision(std::string_view range, std::string_view type) {
    if (range == type) return 2;
    if (range == "*/*") return 0;
    const auto slash = range.find('/');
    const bool half = range.substr(slash) == "/*" && type.starts_with(range.substr(0, slash + 1));
    return half ? 1 : -1;
}

}  // namespace

Accept::Accept(std::string_view value) : everything_{trimmed(value).empty()} {
    while (!value.empty()) {
        const auto comma = value.find(',');
        const auto element = value.substr(0, comma);
        const auto semicolon = element.find(';');
        const auto type = trimmed(element.substr(0, semicolon));
        if (std::ranges::count(type, '/') == 1) {
            const auto parameters =
                semicolon == std::string_view::npos ? std::string_view{} : element.substr(semicolon + 1);
            ranges_.push_back({lower_case(type), weight_among(parameters)});
        }
        if (comma == std::string_view::npos) break;
        value.remove_prefix(comma + 1);
    }
}

int Accept::weight(std::string_view type) const {
    if (everything_) return 1000;
    int best = -1;
    int weight = 0;
    for (const Range& range : ranges_) {
        const int precise = precision(range.type, type);
        if (precise > best) {
            best = precise;
            weight = range.weight;
        }
    }
    return weight;
}

}  // namespace rest
