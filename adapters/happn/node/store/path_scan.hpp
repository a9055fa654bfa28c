// Finding the paths that a pattern matches by walking a sorted index, without looking at all of it. Shared by
// the stores, whatever their index is.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/happn/paths.hpp"

namespace happn::node {

/// The literal ends of a pattern, around its first and last `*`.
struct PatternEnds {
    explicit PatternEnds(std::string_view pattern)
        : head{pattern.substr(0, pattern.find('*'))}, tail{pattern.substr(pattern.rfind('*') + 1)} {}

    std::string_view head;
    std::string_view tail;
};

inline bool has_star(std::string_view pattern) {
    return pattern.find('*') != std::string_view::npos;
}

/// Matches of the pattern among the paths that two cursors give, one those that begin as the pattern does,
/// one those that end so. Both are walked in step until either has ended: it has seen all there is, and the
/// other, which may be far longer, is left. A cursor's next() gives a path (valid until the next call) or
/// nullopt. The order is that of the cursor.
template <typename ByHead, typename ByTail>
std::vector<std::string> matching_paths(std::string_view pattern, ByHead&& by_head, ByTail&& by_tail) {
    std::vector<std::string> among_heads;
    std::vector<std::string> among_tails;
    const auto take = [&](auto& cursor, std::vector<std::string>& found) {
        const std::optional<std::string_view> path = cursor.next();
        if (path && matches_stored(pattern, *path)) {
            found.emplace_back(*path);
        }
        return path.has_value();
    };
    for (;;) {
        if (!take(by_head, among_heads)) {
            return among_heads;
        }
        if (!take(by_tail, among_tails)) {
            return among_tails;
        }
    }
}

}  // namespace happn::node
