#include "adapters/happn/arrivals.hpp"

#include <algorithm>

namespace happn {

namespace {

std::string key_of(const Publication& publication) {
    std::string key{publication.removed ? "remove " : "set "};
    key.append(publication.publication_id).append(" ").append(publication.path);
    return key;
}

}  // namespace

bool Arrivals::came_before(const Publication& publication, std::string_view session) {
    if (publication.initial) {
        return stored_value_came_before(publication, session);
    }
    if (publication.publication_id.empty()) {
        return false;
    }
    auto& copies = copies_of(publication);
    auto channel = copies.by_channel.find(publication.channel);
    if (channel == copies.by_channel.end()) {
        channel = copies.by_channel.emplace(publication.channel, 0).first;
    }
    // The n-th by this channel is a copy of the n-th by any other one.
    const auto arrived = ++channel->second;
    const bool copy = arrived <= copies.received;
    copies.received = std::max(copies.received, arrived);
    return copy;
}

Arrivals::Copies& Arrivals::copies_of(const Publication& publication) {
    auto key = key_of(publication);
    if (const auto known = recent_.find(key); known != recent_.end()) {
        return known->second;
    }
    if (recent_order_.size() >= publications_remembered) {
        recent_.erase(recent_order_.front());
        recent_order_.pop_front();
    }
    recent_order_.push_back(key);
    return recent_[std::move(key)];
}

bool Arrivals::stored_value_came_before(const Publication& publication, std::string_view session) {
    if (session != session_ || stored_.size() >= stored_values_remembered) {
        stored_.clear();
        session_ = session;
    }
    return !stored_.emplace(publication.path).second;
}

void Arrivals::forget() {
    recent_.clear();
    recent_order_.clear();
    stored_.clear();
}

}  // namespace happn
