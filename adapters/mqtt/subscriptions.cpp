#include "adapters/mqtt/subscriptions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "adapters/mqtt/reason_code.hpp"
#include "adapters/mqtt/subscription_id.hpp"
#include "adapters/mqtt/topic.hpp"

namespace gateway::mqtt {
namespace {

constexpr std::size_t most_looked_up = 1024;

int retain_handling(Retained retained) {
    switch (retained) {
        case Retained::apply:
            return 0;
        case Retained::once:
            return 1;
        case Retained::ignore:
            return 2;
    }
    return 0;
}

}  // namespace

SubscribeRequest Subscriptions::request(Entry& entry) {
    SubscribeRequest request = request_for(entry);
    entry.ticket = request.ticket;
    entry.answer = Answer::none;
    return request;
}

SubscribeRequest Subscriptions::request_for(const Entry& entry) {
    SubscribeRequest request;
    request.ticket = ++last_ticket_;
    request.filter = entry.subscription.asked();
    request.qos = entry.subscription.qos;
    request.no_local = entry.subscription.no_local;
    request.retain_as_published = entry.subscription.retain_as_published;
    request.retain_handling = retain_handling(entry.subscription.retained);
    request.id = entry.id;
    return request;
}

UnsubscribeRequest Subscriptions::leave(const std::string& filter) {
    const std::uint64_t ticket = ++last_ticket_;
    leaving_[filter] = ticket;
    return {ticket, filter};
}

bool Subscriptions::has_id(std::uint32_t id) const {
    return std::ranges::any_of(entries_, [id](const auto& entry) { return entry.second.id == id; });
}

Subscriptions::Difference Subscriptions::apply(std::vector<Subscription> wanted) {
    Difference difference;
    std::map<std::string, Entry, std::less<>> next;
    for (Subscription& subscription : wanted) {
        Entry entry;
        const std::string asked = subscription.asked();
        const auto old = entries_.find(asked);
        const bool same = old != entries_.end() && old->second.subscription == subscription;
        if (old != entries_.end()) entry = old->second;
        if (protocol_ == Protocol::v5) entry.id = subscription_id(asked);
        entry.subscription = std::move(subscription);
        leaving_.erase(asked);
        if (!same) difference.subscribe.push_back(request(entry));
        next.emplace(asked, std::move(entry));
    }
    for (const auto& [filter, entry] : entries_) {
        if (!next.contains(filter)) difference.unsubscribe.push_back(leave(filter));
    }
    entries_ = std::move(next);
    return difference;
}

/// Subscribes before it leaves, so that a message that both want comes by one of them at any time.
Subscriptions::Difference Subscriptions::connected(bool session_present) {
    session_kept_ = session_present;
    last_taken_.reset();
    if (!session_present) leaving_.clear();
    Difference difference;
    for (auto& [filter, entry] : entries_) {
        // 3.1.1 has no Retain Handling: a subscription that the session still has is not sent again, as it
        // would bring the retained messages once more.
        const bool keep = protocol_ == Protocol::v3_1_1 && session_present && entry.granted_before &&
                          entry.subscription.retained == Retained::once;
        if (!session_present) entry.delivers = true;
        if (keep) {
            entry.answer = Answer::granted;
        } else {
            difference.subscribe.push_back(request(entry));
        }
    }
    for (auto& [filter, ticket] : leaving_) {
        ticket = ++last_ticket_;
        difference.unsubscribe.push_back({ticket, filter});
    }
    return difference;
}

std::optional<SubscribeRequest> Subscriptions::again(std::string_view filter) {
    for (const auto& [asked, entry] : entries_) {
        const Subscription& subscription = entry.subscription;
        if (entry.answer != Answer::granted || !subscription.group.empty() ||
            !covers(subscription.filter, filter))
            continue;
        SubscribeRequest request = request_for(entry);
        request.retain_handling = retain_handling(Retained::apply);
        return request;
    }
    return std::nullopt;
}

void Subscriptions::disconnected() {
    for (auto& [filter, entry] : entries_) {
        entry.answer = Answer::none;
        entry.ticket = 0;
    }
}

void Subscriptions::on_result(std::uint64_t ticket, int code) {
    for (auto& [filter, entry] : entries_) {
        if (entry.ticket != ticket || code == no_suback) continue;
        entry.code = code;
        entry.answer = code < first_refusal ? Answer::granted : Answer::refused;
        entry.granted_before = entry.answer == Answer::granted;
    }
}

void Subscriptions::on_left(std::uint64_t ticket) {
    std::erase_if(leaving_, [ticket](const auto& entry) { return entry.second == ticket; });
}

bool Subscriptions::complete() const {
    return std::ranges::all_of(entries_,
                               [](const auto& entry) { return entry.second.answer == Answer::granted; });
}

bool Subscriptions::settled() const {
    return std::ranges::none_of(entries_,
                                [](const auto& entry) { return entry.second.answer == Answer::none; });
}

bool Subscriptions::granted(std::string_view filter) const {
    return std::ranges::any_of(entries_, [&](const auto& entry) {
        const Entry& one = entry.second;
        return one.answer == Answer::granted && one.subscription.group.empty() &&
               covers(one.subscription.filter, filter);
    });
}

std::string Subscriptions::problems() const {
    std::string text;
    for (const auto& [filter, entry] : entries_) {
        const bool lowered = entry.answer == Answer::granted && entry.code < entry.subscription.qos;
        if (entry.answer != Answer::refused && !lowered) continue;
        if (!text.empty()) text += "; ";
        text += lowered ? fmt::format("filter '{}' was granted QoS {} only", filter, entry.code)
                        : fmt::format("the broker refused filter '{}': {}", filter, reason_text(entry.code));
    }
    return text;
}

/// May it deliver? A kept session delivers before it has answered, by the subscriptions it had.
bool Subscriptions::delivering(const Entry& entry) const {
    if (entry.answer != Answer::none) return entry.answer == Answer::granted;
    return session_kept_ || entry.granted_before;
}

/// Of the subscriptions that match, the one whose copy counts: the highest QoS, then the first by name.
const Subscriptions::Entry* Subscriptions::owner(std::string_view topic) const {
    const Entry* owner = nullptr;
    for (const auto& [asked, entry] : entries_) {
        const Subscription& subscription = entry.subscription;
        if (!subscription.group.empty() || !delivering(entry) || !matches(subscription.filter, topic))
            continue;
        if (owner == nullptr || entry.subscription.qos > owner->subscription.qos) owner = &entry;
    }
    return owner;
}

const Subscriptions::Entry* Subscriptions::group_of(std::string_view topic) const {
    const auto found = std::ranges::find_if(entries_, [&](const auto& entry) {
        const Subscription& subscription = entry.second.subscription;
        return !subscription.group.empty() && delivering(entry.second) && matches(subscription.filter, topic);
    });
    return found == entries_.end() ? nullptr : &found->second;
}

std::vector<UnsubscribeRequest> Subscriptions::left_over(const Arrival& arrival) {
    std::vector<UnsubscribeRequest> requests;
    for (const std::uint32_t id : arrival.subscription_ids) {
        if (has_id(id) || looked_up_.contains(id) || !is_searchable(arrival.topic)) continue;
        if (looked_up_.size() >= most_looked_up) looked_up_.clear();
        looked_up_.insert(id);
        const auto filter = filter_of(id, arrival.topic);
        if (filter && !leaving_.contains(*filter)) requests.push_back(leave(*filter));
    }
    return requests;
}

bool Subscriptions::accepts(const Arrival& arrival) {
    const auto& ids = arrival.subscription_ids;
    const Entry* const shared = group_of(arrival.topic);
    if (shared != nullptr) return ids.empty() || std::ranges::find(ids, shared->id) != ids.end();
    const Entry* const counts = owner(arrival.topic);
    if (ids.empty() || counts == nullptr) return true;
    const bool by_owner = std::ranges::find(ids, counts->id) != ids.end();
    if (counts->delivers) return by_owner;
    // QoS 0 and retained messages overtake what was queued.
    const bool had_to_wait = arrival.qos > 0 && !arrival.retain;
    if (by_owner && had_to_wait) {
        entries_.find(counts->subscription.asked())->second.delivers = true;
        return true;
    }
    return !is_copy_of_last(arrival);
}

/// The same message by the same filters is not a copy: it was published twice.
bool Subscriptions::is_copy_of_last(const Arrival& arrival) {
    if (last_taken_ && last_taken_->topic == arrival.topic && last_taken_->ids != arrival.subscription_ids &&
        last_taken_->payload.view() == arrival.payload.view())
        return true;
    last_taken_ = Taken{arrival.topic, arrival.payload, arrival.subscription_ids};
    return false;
}

bool Subscriptions::replayed(std::string_view topic, bool retain_flag) const {
    if (!retain_flag) return false;
    const Entry* counts = owner(topic);
    return counts != nullptr && !counts->subscription.retain_as_published;
}

/// Subscriptions that overlap share the option, so that it does not matter which of them brought the message.
bool Subscriptions::shows_retain(std::string_view topic) const {
    return protocol_ == Protocol::v5 && std::ranges::all_of(entries_, [&](const auto& entry) {
               const Subscription& one = entry.second.subscription;
               return one.retain_as_published || !matches(one.filter, topic);
           });
}

bool Subscriptions::matches_any(std::string_view topic) const {
    return std::ranges::any_of(
        entries_, [&](const auto& entry) { return matches(entry.second.subscription.filter, topic); });
}

}  // namespace gateway::mqtt
