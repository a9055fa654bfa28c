#include "adapters/rest/idempotency_store.hpp"

#include <utility>

namespace rest {
namespace {

constexpr std::size_t entry_overhead = 512;  // of hashes and containers, about

std::size_t size_of(const HttpReply& reply) {
    std::size_t size = reply.body.size() + reply.content_type.size();
    for (const auto& [name, value] : reply.headers)
        size += name.size() + value.size();
    return size;
}

/// Its bytes may be a small part of a large frame, which need not stay for that.
HttpReply copy_of(const HttpReply& reply) {
    HttpReply copy = reply;
    copy.body = gateway::Bytes::copy(reply.body.view());
    return copy;
}

}  // namespace

IdempotencyStore::Admission IdempotencyStore::begin(const std::string& key,
                                                    const std::string& fingerprint,
                                                    gateway::TimePoint now) {
    const auto found = entries_.find(key);
    const bool is_over = found != entries_.end() && !found->second.running && found->second.until <= now;
    if (found != entries_.end() && !is_over) return again(found->second, fingerprint);
    if (is_over) erase(found);
    if (entries_.size() >= settings_.keys && !make_room()) return {Found::full, {}};
    entries_[key].fingerprint = fingerprint;
    return {Found::nothing, {}};
}

IdempotencyStore::Admission IdempotencyStore::again(Entry& entry, const std::string& fingerprint) {
    if (entry.fingerprint != fingerprint) return {Found::another, {}};
    if (entry.running) return {Found::running, {}};
    answered_.splice(answered_.begin(), answered_, entry.place);
    return {entry.answer ? Found::answered : Found::lost, entry.answer};
}

void IdempotencyStore::keep(const std::string& key, const HttpReply& answer, gateway::TimePoint now) {
    Entry& entry = entries_.at(key);
    entry.running = false;
    entry.until = now + settings_.keep;
    entry.cost = entry_overhead + size_of(answer);
    const bool fits = entry.cost <= settings_.memory;
    if (fits) entry.answer = copy_of(answer);
    if (!fits) entry.cost = entry_overhead;
    bytes_ += entry.cost;
    answered_.push_front(key);
    entry.place = answered_.begin();
    while (bytes_ > settings_.memory && answered_.size() > 1)
        make_room();
}

void IdempotencyStore::release(const std::string& key) {
    entries_.erase(key);
}

/// False: all are under way.
bool IdempotencyStore::make_room() {
    if (answered_.empty()) return false;
    erase(entries_.find(answered_.back()));
    return true;
}

void IdempotencyStore::erase(Entries::iterator entry) {
    bytes_ -= entry->second.cost;
    answered_.erase(entry->second.place);
    entries_.erase(entry);
}

}  // namespace rest
