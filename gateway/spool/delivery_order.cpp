#include "gateway/spool/delivery_order.hpp"

namespace gateway::spool {

void DeliveryOrder::add(Id id, const std::string& lane) {
    auto& entry = *lanes_.try_emplace(lane).first;
    entry.second.push_back(id);
    ++size_;
    if (entry.second.size() == 1) ready_.push_back(&entry);
}

std::optional<Id> DeliveryOrder::next(TimePoint now) {
    wake(now);
    if (ready_.empty() || under_way_.size() >= most_at_once_) return std::nullopt;
    auto* lane = ready_.front();
    ready_.pop_front();
    const Id id = lane->second.front();
    under_way_.emplace(id, lane);
    return id;
}

void DeliveryOrder::finish(Id id) {
    const auto found = under_way_.find(id);
    if (found == under_way_.end()) return;
    auto* lane = found->second;
    under_way_.erase(found);
    --size_;
    lane->second.pop_front();
    if (lane->second.empty()) {
        lanes_.erase(lanes_.find(lane->first));
    } else {
        ready_.push_back(lane);
    }
}

void DeliveryOrder::retry(Id id, TimePoint when) {
    const auto found = under_way_.find(id);
    if (found == under_way_.end()) return;
    resting_.emplace(when, found->second);
    under_way_.erase(found);
}

std::optional<TimePoint> DeliveryOrder::next_due() const {
    if (resting_.empty()) return std::nullopt;
    return resting_.begin()->first;
}

void DeliveryOrder::wake_all() {
    wake(TimePoint::max());
}

void DeliveryOrder::wake(TimePoint now) {
    while (!resting_.empty() && resting_.begin()->first <= now) {
        ready_.push_back(resting_.begin()->second);
        resting_.erase(resting_.begin());
    }
}

}  // namespace gateway::spool
