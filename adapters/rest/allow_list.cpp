#include "adapters/rest/allow_list.hpp"

#include <algorithm>

namespace rest {
namespace {

/// Iterative, remembers the last `*` only: linear in practice, and no input makes it recurse.
bool fits(std::string_view pattern, std::string_view text) {
    std::size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            resume = t;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace

bool AllowList::allows(std::string_view component, std::string_view method) const {
    return std::ranges::any_of(patterns_, [&](const std::string& pattern) {
        if (pattern == "*") return true;
        const std::string_view text = pattern;
        const auto slash = text.find('/');
        const std::string_view methods = slash == std::string_view::npos ? "*" : text.substr(slash + 1);
        return fits(text.substr(0, slash), component) && fits(methods, method);
    });
}

}  // namespace rest
