// Walks the members and elements of JSON that has already been validated as a whole: no checks, no copies, no
// tree. On text that is not valid JSON the result is meaningless, but nothing outside the text is read.
#pragma once

#include <cstddef>
#include <string_view>

namespace happn::scan {

inline constexpr auto npos = std::string_view::npos;

inline std::size_t skip_blank(std::string_view text, std::size_t at) {
    while (at < text.size() &&
           (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r')) {
        ++at;
    }
    return at;
}

/// `at` stands on an opening quote; gives the place after the closing one.
inline std::size_t skip_string(std::string_view text, std::size_t at) {
    for (++at; at < text.size(); ++at) {
        if (text[at] == '\\') {
            ++at;
        } else if (text[at] == '"') {
            return at + 1;
        }
    }
    return text.size();
}

inline std::size_t skip_container(std::string_view text, std::size_t at) {
    std::size_t depth = 0;
    while (at < text.size()) {
        switch (text[at]) {
            case '"':
                at = skip_string(text, at);
                continue;
            case '{':
            case '[':
                ++depth;
                break;
            case '}':
            case ']':
                if (--depth == 0) {
                    return at + 1;
                }
                break;
            default:
                break;
        }
        ++at;
    }
    return text.size();
}

inline std::size_t skip_scalar(std::string_view text, std::size_t at) {
    const auto end = text.find_first_of(",]} \t\r\n", at);
    return end == npos ? text.size() : end;
}

/// `at` stands on the first character of a value; gives the place after its last one.
inline std::size_t skip_value(std::string_view text, std::size_t at) {
    if (at >= text.size()) {
        return text.size();
    }
    switch (text[at]) {
        case '"':
            return skip_string(text, at);
        case '{':
        case '[':
            return skip_container(text, at);
        default:
            return skip_scalar(text, at);
    }
}

/// Calls visit(key literal with its quotes, value) for each member in order, equal keys included.
template <typename Visit>
void members(std::string_view object, Visit&& visit) {
    std::size_t at = skip_blank(object, 0);
    if (at >= object.size() || object[at] != '{') {
        return;
    }
    for (at = skip_blank(object, at + 1); at < object.size() && object[at] == '"';
         at = skip_blank(object, at)) {
        const auto key_end = skip_string(object, at);
        const auto key = object.substr(at, key_end - at);
        const auto value_at = skip_blank(object, skip_blank(object, key_end) + 1);  // past the colon
        const auto value_end = skip_value(object, value_at);
        if (value_at < object.size()) {
            visit(key, object.substr(value_at, value_end - value_at));
        }
        at = skip_blank(object, value_end);
        if (at >= object.size() || object[at] != ',') {
            return;
        }
        ++at;
    }
}

/// Calls visit(value) for each element in order.
template <typename Visit>
void elements(std::string_view array, Visit&& visit) {
    std::size_t at = skip_blank(array, 0);
    if (at >= array.size() || array[at] != '[') {
        return;
    }
    for (at = skip_blank(array, at + 1); at < array.size() && array[at] != ']'; at = skip_blank(array, at)) {
        const auto end = skip_value(array, at);
        visit(array.substr(at, end - at));
        at = skip_blank(array, end);
        if (at >= array.size() || array[at] != ',') {
            return;
        }
        ++at;
    }
}

}  // namespace happn::scan
