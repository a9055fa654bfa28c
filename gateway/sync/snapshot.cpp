#include "gateway/sync/snapshot.hpp"

#include <utility>

namespace gateway::sync {

/// The last one of an address counts: they come in the order in which the end keeps them.
void Snapshot::add(End end, const std::string& key, Held held) {
    if (overflowed_) return;
    bytes_ += held.message.payload.bytes.size();
    std::size_t& values = end == End::a ? values_a_ : values_b_;
    auto& place = pairs_[key].at(end);
    if (!place) ++values;
    place = std::move(held);
    if (pairs_.size() <= max_values_ && bytes_ <= max_bytes) return;
    overflowed_ = true;
    pairs_.clear();
}

void Snapshot::touch(const std::string& key) {
    if (touched_.size() >= max_values_) overflowed_ = true;
    if (!overflowed_) touched_.insert(key);
}

}  // namespace gateway::sync
