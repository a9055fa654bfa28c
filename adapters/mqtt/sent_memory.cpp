#include "adapters/mqtt/sent_memory.hpp"

#include <functional>
#include <string_view>

namespace gateway::mqtt {

std::uint64_t SentMemory::content_of(std::string_view topic, std::string_view payload) {
    constexpr std::uint64_t golden_ratio = 0x9e3779b97f4a7c15U;
    const std::uint64_t of_topic = std::hash<std::string_view>{}(topic);
    return of_topic ^
           (std::hash<std::string_view>{}(payload) + golden_ratio + (of_topic << 6U) + (of_topic >> 2U));
}

void SentMemory::remember(std::string_view topic, std::string_view payload, int hops, TimePoint now) {
    forget_old(now);
    while (in_order_.size() >= capacity_)
        forget_first();
    const Sent sent{content_of(topic, payload), now, hops, ++last_number_};
    in_order_.push_back(sent);
    by_content_.emplace(sent.content, sent);
}

std::optional<int> SentMemory::take(std::string_view topic, std::string_view payload, TimePoint now) {
    forget_old(now);
    const auto [first, last] = by_content_.equal_range(content_of(topic, payload));
    if (first == last) return std::nullopt;
    const int hops = first->second.hops;
    by_content_.erase(first);
    return hops;
}

void SentMemory::forget_old(TimePoint now) {
    while (!in_order_.empty() && in_order_.front().at + lifetime < now)
        forget_first();
}

void SentMemory::forget_first() {
    const Sent oldest = in_order_.front();
    in_order_.pop_front();
    const auto [first, last] = by_content_.equal_range(oldest.content);
    for (auto same = first; same != last; ++same) {
        if (same->second.number != oldest.number) continue;
        by_content_.erase(same);
        return;
    }
}

}  // namespace gateway::mqtt
