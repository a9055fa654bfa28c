// What the ends of a two-way route are known to hold, by the captures that name a pair of addresses: digests,
// not values. Bounded: what has been untouched longest is forgotten, unless something of it is under way. No
// I/O; on the shard's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace gateway::sync {

enum class End : std::uint8_t { a, b };

constexpr End other(End end) {
    return end == End::a ? End::b : End::a;
}

using Digest = std::uint64_t;
inline constexpr Digest no_value = 0;    // the end holds nothing
inline constexpr Digest some_value = 1;  // nobody has looked at it

struct Known {
    std::optional<Digest> a = {}, b = {};
    std::optional<End> removed_at = {};  // a remove was seen there, and the other end was not told
    int under_way = 0;                   // messages that will change this

    std::optional<Digest>& at(End end) { return end == End::a ? a : b; }
    const std::optional<Digest>& at(End end) const { return end == End::a ? a : b; }
    bool operator==(const Known&) const = default;
};

class KnownValues {
public:
    explicit KnownValues(std::size_t capacity) : capacity_{capacity} {}

    const Known* find(const std::string& key) const;
    /// Made if it is not there.
    Known& touch(const std::string& key);
    /// After the last message under way has ended.
    void settle(const std::string& key);
    /// Nothing is known any more, but what is under way.
    void forget_values();

    std::size_t size() const { return entries_.size(); }

    template <typename Visit>
    void for_each(const Visit& visit) const {
        for (const auto& [key, known] : by_age_)
            visit(key, known);
    }

private:
    using ByAge = std::list<std::pair<std::string, Known>>;
    void make_room();

    std::size_t capacity_;
    ByAge by_age_;  // the one touched last is last
    std::unordered_map<std::string_view, ByAge::iterator> entries_;
};

}  // namespace gateway::sync
