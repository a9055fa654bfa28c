#include "gateway/sync/known_values.hpp"

#include <iterator>

namespace gateway::sync {

const Known* KnownValues::find(const std::string& key) const {
    const auto found = entries_.find(key);
    return found == entries_.end() ? nullptr : &found->second->second;
}

Known& KnownValues::touch(const std::string& key) {
    if (const auto found = entries_.find(key); found != entries_.end()) {
        by_age_.splice(by_age_.end(), by_age_, found->second);
        return found->second->second;
    }
    make_room();
    by_age_.emplace_back(key, Known{});
    const auto made = std::prev(by_age_.end());
    entries_.emplace(made->first, made);
    return made->second;
}

void KnownValues::settle(const std::string& key) {
    const auto found = entries_.find(key);
    if (found == entries_.end() || found->second->second.under_way > 0) return;
    const Known& known = found->second->second;
    if (known.a || known.b || known.removed_at) return;
    const auto entry = found->second;
    entries_.erase(found);
    by_age_.erase(entry);
}

void KnownValues::forget_values() {
    for (auto entry = by_age_.begin(); entry != by_age_.end();) {
        entry->second = Known{.under_way = entry->second.under_way};
        const auto next = std::next(entry);
        if (entry->second.under_way == 0) {
            entries_.erase(entry->first);
            by_age_.erase(entry);
        }
        entry = next;
    }
}

/// The messages under way are bounded themselves (DispatcherOptions::max_pending).
void KnownValues::make_room() {
    if (entries_.size() < capacity_) return;
    for (auto entry = by_age_.begin(); entry != by_age_.end(); ++entry) {
        if (entry->second.under_way > 0) continue;
        entries_.erase(entry->first);
        by_age_.erase(entry);
        return;
    }
}

}  // namespace gateway::sync
