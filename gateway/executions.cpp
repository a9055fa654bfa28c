#include "gateway/executions.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace gateway {
namespace {

constexpr unsigned target_bits = 8;
constexpr unsigned slot_bits = 24;
constexpr std::size_t heap_slack = 1024;  // closed deliveries that may wait in the heap beyond the open ones

}  // namespace

Executions::Slot Executions::add(Execution execution) {
    Slot slot = 0;
    if (free_.empty()) {
        slot = static_cast<Slot>(entries_.size());
        entries_.emplace_back();
    } else {
        slot = free_.back();
        free_.pop_back();
    }
    entries_[slot].execution = std::make_unique<Execution>(std::move(execution));
    ++size_;
    return slot;
}

Execution Executions::remove(Slot slot) {
    Entry& entry = entries_[slot];
    Execution execution = std::move(*entry.execution);
    entry.execution.reset();
    ++entry.generation;
    free_.push_back(slot);
    --size_;
    return execution;
}

DeliveryId Executions::delivery(Slot slot, std::size_t target) const {
    return (static_cast<DeliveryId>(entries_[slot].generation) << (slot_bits + target_bits)) |
           (static_cast<DeliveryId>(slot) << target_bits) | static_cast<DeliveryId>(target);
}

std::optional<Executions::Found> Executions::find(DeliveryId id) const {
    const auto target = static_cast<std::size_t>(id & (max_targets - 1));
    const auto slot = static_cast<Slot>((id >> target_bits) & (max_slots - 1));
    const auto generation = static_cast<std::uint32_t>(id >> (slot_bits + target_bits));
    if (slot >= entries_.size()) return std::nullopt;
    const Entry& entry = entries_[slot];
    if (!entry.execution || entry.generation != generation) return std::nullopt;
    if (target >= entry.execution->targets.size() || !entry.execution->targets[target].open)
        return std::nullopt;
    return Found{slot, target};
}

bool Executions::is_open(DeliveryId id) const {
    return find(id).has_value();
}

bool Executions::expect(DeliveryId id, TimePoint deadline) {
    if (due_.size() > 2 * size_ + heap_slack) forget_closed();
    const bool earliest = due_.empty() || deadline < due_.front().deadline;
    due_.push_back({deadline, id});
    std::ranges::push_heap(due_, std::ranges::greater{}, &Due::deadline);
    return earliest;
}

void Executions::forget_closed() {
    std::erase_if(due_, [this](const Due& due) { return !is_open(due.id); });
    std::ranges::make_heap(due_, std::ranges::greater{}, &Due::deadline);
}

std::optional<DeliveryId> Executions::take_expired(TimePoint now) {
    while (!due_.empty() && due_.front().deadline <= now) {
        std::ranges::pop_heap(due_, std::ranges::greater{}, &Due::deadline);
        const DeliveryId id = due_.back().id;
        due_.pop_back();
        if (is_open(id)) return id;
    }
    return std::nullopt;
}

std::optional<TimePoint> Executions::next_deadline() {
    while (!due_.empty() && !is_open(due_.front().id)) {
        std::ranges::pop_heap(due_, std::ranges::greater{}, &Due::deadline);
        due_.pop_back();
    }
    if (due_.empty()) return std::nullopt;
    return due_.front().deadline;
}

}  // namespace gateway
