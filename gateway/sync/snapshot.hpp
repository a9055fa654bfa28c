// What both ends of a two-way route hold, gathered for one comparison, and which addresses have changed since
// it began: those are left to the messages that changed them. Bounded in values and in bytes. No I/O; on the
// shard's thread.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "gateway/expression/address_pattern.hpp"
#include "gateway/message.hpp"
#include "gateway/sync/known_values.hpp"

namespace gateway::sync {

struct Held {
    Captures captures;  // of the pattern of the end it was found at
    Message message;
};

class Snapshot {
public:
    static constexpr std::size_t max_bytes = 64u * 1024 * 1024;  // of all values

    struct Pair {
        std::optional<Held> a, b;
        std::optional<Held>& at(End end) { return end == End::a ? a : b; }
    };

    explicit Snapshot(std::size_t max_values) : max_values_{max_values} {}

    void add(End end, const std::string& key, Held held);
    void touch(const std::string& key);

    bool touched(const std::string& key) const { return touched_.contains(key); }
    /// Too much was found, or changed meanwhile: what is here is not all.
    bool overflowed() const { return overflowed_; }
    bool is_empty(End end) const { return (end == End::a ? values_a_ : values_b_) == 0; }
    std::map<std::string, Pair>& pairs() { return pairs_; }

private:
    std::size_t max_values_;
    std::map<std::string, Pair> pairs_;
    std::set<std::string> touched_;
    std::size_t values_a_ = 0, values_b_ = 0;
    std::size_t bytes_ = 0;
    bool overflowed_ = false;
};

}  // namespace gateway::sync
