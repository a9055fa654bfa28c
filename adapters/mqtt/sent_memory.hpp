// What was just sent, for MQTT 3.1.1, whose messages carry no mark: the first message with the same topic and
// payload that arrives soon after is taken for our own. Bounded in number and age. No I/O; on the shard's
// thread.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "gateway/clock.hpp"

namespace gateway::mqtt {

class SentMemory {
public:
    static constexpr std::size_t default_capacity = 4096;
    static constexpr Duration lifetime = std::chrono::seconds{30};

    explicit SentMemory(std::size_t capacity = default_capacity) : capacity_{capacity} {}

    void remember(std::string_view topic, std::string_view payload, int hops, TimePoint now);
    /// The hops it was sent with; the memory of it is used up.
    std::optional<int> take(std::string_view topic, std::string_view payload, TimePoint now);

    std::size_t size() const { return by_content_.size(); }

private:
    struct Sent {
        std::uint64_t content;
        TimePoint at;
        int hops;
        std::uint64_t number;
    };
    static std::uint64_t content_of(std::string_view topic, std::string_view payload);
    void forget_old(TimePoint now);
    void forget_first();

    std::size_t capacity_;
    std::deque<Sent> in_order_;
    std::unordered_multimap<std::uint64_t, Sent> by_content_;
    std::uint64_t last_number_ = 0;
};

}  // namespace gateway::mqtt
