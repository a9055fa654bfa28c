#include "adapters/services/response_cache.hpp"

namespace services {
namespace {
constexpr std::size_t entry_overhead = 512;  // of the containers, about
}

std::size_t ResponseCache::cost(const Entry& entry) {
    return entry_overhead + entry.answer.bytes.size();
}

std::optional<gateway::Payload> ResponseCache::find(const std::string& key, gateway::TimePoint now) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return std::nullopt;
    if (found->second->until <= now) {
        erase(found->second);
        return std::nullopt;
    }
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->answer;
}

void ResponseCache::keep(const std::string& key, const gateway::Payload& answer, gateway::TimePoint until) {
    if (const auto found = by_key_.find(key); found != by_key_.end()) erase(found->second);
    Entry entry{key, answer, until};
    if (cost(entry) > max_bytes_) return;
    while (bytes_ + cost(entry) > max_bytes_)
        erase(std::prev(entries_.end()));
    bytes_ += cost(entry);
    entries_.push_front(std::move(entry));
    by_key_[key] = entries_.begin();
}

void ResponseCache::erase(Entries::iterator entry) {
    bytes_ -= cost(*entry);
    by_key_.erase(entry->key);
    entries_.erase(entry);
}

}  // namespace services
