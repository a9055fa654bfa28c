// Deadlines of things with ids, earliest first. Taking a thing out early is free: its entry stays until its
// time comes and is then skipped by the owner, who no longer knows the id.
#pragma once

#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

#include "gateway/clock.hpp"

namespace happn {

class DeadlineQueue {
public:
    void add(gateway::TimePoint when, std::uint64_t id) { queue_.push({when, id}); }

    std::optional<gateway::TimePoint> next() const {
        return queue_.empty() ? std::nullopt : std::optional{queue_.top().when};
    }

    /// The id of one entry whose time has come, or nullopt.
    std::optional<std::uint64_t> take_due(gateway::TimePoint now) {
        if (queue_.empty() || queue_.top().when > now) {
            return std::nullopt;
        }
        const auto id = queue_.top().id;
        queue_.pop();
        return id;
    }

    void clear() { queue_ = {}; }

private:
    struct Entry {
        gateway::TimePoint when;
        std::uint64_t id;
        bool operator<(const Entry& other) const { return when > other.when; }
    };
    std::priority_queue<Entry> queue_;
};

}  // namespace happn
