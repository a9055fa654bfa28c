// Whose turn it is among messages that must not be lost: those of one lane one after the other, lanes side by
// side. A lane is a route and a key, such as one device's topic. A message whose attempt fails stays the
// first of its lane until it is delivered or given up. No clock, no I/O; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "gateway/clock.hpp"

namespace gateway::spool {

using Id = std::int64_t;

class DeliveryOrder {
public:
    /// At most `most_at_once` messages have an attempt under way.
    explicit DeliveryOrder(std::size_t most_at_once) : most_at_once_{most_at_once} {}

    /// Behind all that waits in its lane.
    void add(Id id, const std::string& lane);

    /// Would a message of this lane be the next to attempt, if it were added now?
    bool begins_at_once(const std::string& lane) const {
        return ready_.empty() && under_way_.size() < most_at_once_ && !lanes_.contains(lane);
    }

    /// The next message to attempt; it counts as under way from now on. nullopt: none for now.
    std::optional<Id> next(TimePoint now);
    /// Its lane goes on: delivered, or given up.
    void finish(Id id);
    /// The attempt has failed; its lane waits for the next one.
    void retry(Id id, TimePoint when);

    /// Of a message that is under way.
    const std::string& lane_of(Id id) const { return under_way_.at(id)->first; }
    /// What rests until a retry is due need not wait any longer.
    void wake_all();

    /// When next() will have something again that it has not now; nullopt: not by itself.
    std::optional<TimePoint> next_due() const;

    std::size_t size() const { return size_; }
    std::size_t under_way() const { return under_way_.size(); }

private:
    /// What waits in each lane, the message whose turn it is first.
    using Lanes = std::unordered_map<std::string, std::deque<Id>>;

    void wake(TimePoint now);

    std::size_t most_at_once_;
    std::size_t size_ = 0;
    Lanes lanes_;
    std::deque<Lanes::value_type*> ready_;  // lanes whose first message may be attempted
    std::unordered_map<Id, Lanes::value_type*> under_way_;
    std::multimap<TimePoint, Lanes::value_type*> resting_;
};

}  // namespace gateway::spool
