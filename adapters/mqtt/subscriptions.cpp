#include "adapters/mqtt/subscriptions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "adapters/mqtt/topic.hpp"

namespace gateway::mqtt {
namespace {

constexpr int first_refusal = 0x80;  // MQTT 5.0 section 3.9.3
constexpr int reply_qos = 1;

/// One subscription that does what both ask for; what one of them does not want is left to the router.
void widen(Subscription& into, const Subscription& other) {
    into.qos = std::max(into.qos, other.qos);
    into.no_local = into.no_local && other.no_local;
    if (into.retained != other.retained) {
        into.retained = Retained::apply;
        into.retain_as_published = false;
    }
    into.retain_as_published = into.retain_as_published && other.retain_as_published;
}

void share_options(Subscription& one, Subscription& other) {
    const int one_qos = one.qos, other_qos = other.qos;
    widen(one, other);
    widen(other, one);
    one.qos = one_qos;
    other.qos = other_qos;
}

void merge_equal(std::vector<Subscription>& all) {
    std::ranges::stable_sort(all, {}, &Subscription::filter);
    std::vector<Subscription> merged;
    for (Subscription& next : all) {
        if (!merged.empty() && merged.back().filter == next.filter) {
            widen(merged.back(), next);
        } else {
            merged.push_back(std::move(next));
        }
    }
    all = std::move(merged);
}

/// Calls `combine` for overlapping pairs until it has nothing left to change.
template <typename Combine>
void for_overlapping(std::vector<Subscription>& all, const Combine& combine) {
    for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t i = 0; i < all.size(); ++i) {
            for (std::size_t j = i + 1; j < all.size(); ++j) {
                if (overlap(all[i].filter, all[j].filter) && combine(all[i], all[j])) changed = true;
            }
        }
    }
}

void drop_covered(std::vector<Subscription>& all) {
    const auto covered = [&](const Subscription& narrow) {
        return std::ranges::any_of(all, [&](const Subscription& wide) {
            return wide.filter != narrow.filter && wide.qos >= narrow.qos &&
                   covers(wide.filter, narrow.filter);
        });
    };
    std::vector<Subscription> kept;
    std::ranges::copy_if(
        all, std::back_inserter(kept), [&](const Subscription& one) { return !covered(one); });
    all = std::move(kept);
}

void add_source(std::vector<Subscription>& wanted,
                const Route& route,
                std::string_view broker,
                Protocol protocol) {
    const auto* source = std::get_if<MqttSource>(&route.source);
    if (source == nullptr || source->broker != broker) return;
    Subscription subscription;
    subscription.filter = source->topic.subscription();
    subscription.qos = source->qos;
    subscription.retained = source->retained;
    // A two-way route never wants its own messages back, wherever the broker can keep them.
    subscription.no_local = source->no_local || route.sync_pair.has_value();
    subscription.retain_as_published = protocol == Protocol::v5;
    wanted.push_back(std::move(subscription));
}

Subscription reply_subscription(std::string filter) {
    Subscription subscription;
    subscription.filter = std::move(filter);
    subscription.qos = reply_qos;
    subscription.retained = Retained::ignore;
    subscription.retain_as_published = false;
    return subscription;
}

void add_replies(std::vector<Subscription>& wanted,
                 const Route& route,
                 std::string_view broker,
                 const std::string& reply_topic) {
    for (const Target& target : route.targets) {
        const auto* mqtt = std::get_if<MqttTarget>(&target.rule);
        if (mqtt == nullptr || mqtt->broker != broker || !mqtt->reply) continue;
        if (mqtt->reply->topic) {
            wanted.push_back(reply_subscription(mqtt->reply->topic->as_pattern().subscription()));
        } else if (!reply_topic.empty()) {
            wanted.push_back(reply_subscription(reply_topic));
        }
    }
}

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

std::vector<Subscription> wanted_subscriptions(const RoutingTable& table,
                                               std::string_view broker,
                                               Protocol protocol,
                                               const std::string& reply_topic,
                                               const std::set<std::string>& awaited) {
    std::vector<Subscription> wanted;
    for (const std::string& filter : awaited)
        wanted.push_back(reply_subscription(filter));
    for (const Route& route : table.routes()) {
        add_source(wanted, route, broker, protocol);
        add_replies(wanted, route, broker, reply_topic);
    }
    return without_duplicates(std::move(wanted), protocol);
}

std::vector<Subscription> without_duplicates(std::vector<Subscription> wanted, Protocol protocol) {
    merge_equal(wanted);
    for_overlapping(wanted, [](Subscription& one, Subscription& other) {
        const auto before = std::pair{one, other};
        share_options(one, other);
        return before != std::pair{one, other};
    });
    drop_covered(wanted);
    if (protocol == Protocol::v5) return wanted;
    for (std::size_t before = 0; before != wanted.size();) {
        before = wanted.size();
        for_overlapping(wanted, [](Subscription& one, Subscription& other) {
            if (one == other) return false;
            widen(one, other);
            one.filter = common_filter(one.filter, other.filter);
            other = one;
            return true;
        });
        merge_equal(wanted);
        drop_covered(wanted);
    }
    return wanted;
}

SubscribeRequest Subscriptions::request(Entry& entry) {
    entry.ticket = ++last_ticket_;
    entry.answer = Answer::none;
    SubscribeRequest request;
    request.ticket = entry.ticket;
    request.filter = entry.subscription.filter;
    request.qos = entry.subscription.qos;
    request.no_local = entry.subscription.no_local;
    request.retain_as_published = entry.subscription.retain_as_published;
    request.retain_handling = retain_handling(entry.subscription.retained);
    request.id = entry.id;
    return request;
}

Subscriptions::Difference Subscriptions::apply(std::vector<Subscription> wanted) {
    Difference difference;
    std::map<std::string, Entry, std::less<>> next;
    for (Subscription& subscription : wanted) {
        Entry entry;
        const auto old = entries_.find(subscription.filter);
        const bool same = old != entries_.end() && old->second.subscription == subscription;
        if (old != entries_.end()) entry = old->second;
        if (old == entries_.end() && protocol_ == Protocol::v5) entry.id = ++last_id_;
        entry.subscription = std::move(subscription);
        if (!same) difference.subscribe.push_back(request(entry));
        next.emplace(entry.subscription.filter, std::move(entry));
    }
    for (const auto& [filter, entry] : entries_) {
        if (!next.contains(filter)) difference.unsubscribe.push_back(filter);
    }
    entries_ = std::move(next);
    return difference;
}

std::vector<SubscribeRequest> Subscriptions::connected(bool session_present) {
    std::vector<SubscribeRequest> requests;
    for (auto& [filter, entry] : entries_) {
        // 3.1.1 has no Retain Handling: a subscription that the session still has is not sent again, as it
        // would bring the retained messages once more.
        const bool keep = protocol_ == Protocol::v3_1_1 && session_present && entry.granted_before &&
                          entry.subscription.retained == Retained::once;
        if (keep) {
            entry.answer = Answer::granted;
        } else {
            requests.push_back(request(entry));
        }
    }
    return requests;
}

void Subscriptions::disconnected() {
    for (auto& [filter, entry] : entries_) {
        entry.answer = Answer::none;
        entry.ticket = 0;
    }
}

void Subscriptions::on_result(std::uint64_t ticket, int code) {
    for (auto& [filter, entry] : entries_) {
        if (entry.ticket != ticket) continue;
        entry.code = code;
        entry.answer = code < first_refusal ? Answer::granted : Answer::refused;
        entry.granted_before = entry.answer == Answer::granted;
    }
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
        return entry.second.answer == Answer::granted && covers(entry.first, filter);
    });
}

std::string Subscriptions::problems() const {
    std::string text;
    for (const auto& [filter, entry] : entries_) {
        const bool lowered = entry.answer == Answer::granted && entry.code < entry.subscription.qos;
        if (entry.answer != Answer::refused && !lowered) continue;
        if (!text.empty()) text += "; ";
        text += lowered ? fmt::format("filter '{}' was granted QoS {} only", filter, entry.code)
                        : fmt::format("the broker refused filter '{}' (0x{:02x})", filter, entry.code);
    }
    return text;
}

/// Of the subscriptions that match, the one whose copy counts: the highest QoS, then the first by name. A
/// resumed session delivers before it has answered, by the subscriptions it had.
const Subscriptions::Entry* Subscriptions::owner(std::string_view topic) const {
    const Entry* owner = nullptr;
    for (const auto& [filter, entry] : entries_) {
        const bool active =
            entry.answer == Answer::granted || (entry.answer == Answer::none && entry.granted_before);
        if (!active || !matches(filter, topic)) continue;
        if (owner == nullptr || entry.subscription.qos > owner->subscription.qos) owner = &entry;
    }
    return owner;
}

bool Subscriptions::accepts(std::string_view topic, const std::vector<std::uint32_t>& ids) const {
    if (ids.empty()) return true;
    const Entry* counts = owner(topic);
    return counts == nullptr || std::ranges::find(ids, counts->id) != ids.end();
}

bool Subscriptions::replayed(std::string_view topic, bool retain_flag) const {
    if (!retain_flag) return false;
    const Entry* counts = owner(topic);
    return counts != nullptr && !counts->subscription.retain_as_published;
}

/// Subscriptions that overlap share the option, so that it does not matter which of them brought the message.
bool Subscriptions::shows_retain(std::string_view topic) const {
    return protocol_ == Protocol::v5 && std::ranges::all_of(entries_, [&](const auto& entry) {
               return entry.second.subscription.retain_as_published || !matches(entry.first, topic);
           });
}

bool Subscriptions::matches_any(std::string_view topic) const {
    return std::ranges::any_of(entries_, [&](const auto& entry) { return matches(entry.first, topic); });
}

}  // namespace gateway::mqtt
