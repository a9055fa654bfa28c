#include "adapters/mqtt/subscription_id.hpp"

#include <algorithm>

namespace gateway::mqtt {
namespace {

constexpr std::uint32_t largest_id = 268'435'455;
constexpr std::ptrdiff_t most_separators = 11;  // twice the filters to try for each

bool is_made_of(std::uint32_t id, const std::string& filter) {
    return subscription_id(filter) == id;
}

/// `filter` has the levels in front of `rest`, with a slash at its end.
std::optional<std::string> search(std::uint32_t id, const std::string& filter, std::string_view rest) {
    if (is_made_of(id, filter + '#')) return filter + '#';
    const std::size_t end = rest.find('/');
    for (const std::string_view level : {rest.substr(0, end), std::string_view{"+"}}) {
        const std::string longer = filter + std::string{level};
        if (end != std::string_view::npos) {
            if (auto found = search(id, longer + '/', rest.substr(end + 1))) return found;
        } else {
            if (is_made_of(id, longer)) return longer;
            if (is_made_of(id, longer + "/#")) return longer + "/#";  // matches its parent, too
        }
    }
    return std::nullopt;
}

}  // namespace

/// FNV-1a, folded to the size of an identifier.
std::uint32_t subscription_id(std::string_view filter) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : filter) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 0x100000001b3;
    }
    return static_cast<std::uint32_t>((hash ^ (hash >> 32U)) % largest_id) + 1;
}

bool is_searchable(std::string_view topic) {
    return std::ranges::count(topic, '/') <= most_separators;
}

std::optional<std::string> filter_of(std::uint32_t id, std::string_view topic) {
    return is_searchable(topic) ? search(id, "", topic) : std::nullopt;
}

}  // namespace gateway::mqtt
