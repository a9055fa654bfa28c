#include "adapters/mqtt/wanted_subscriptions.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "adapters/mqtt/topic.hpp"

namespace gateway::mqtt {
namespace {

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
    std::ranges::stable_sort(all, {}, &Subscription::asked);
    std::vector<Subscription> merged;
    for (Subscription& next : all) {
        if (!merged.empty() && merged.back().asked() == next.asked()) {
            widen(merged.back(), next);
        } else {
            merged.push_back(std::move(next));
        }
    }
    all = std::move(merged);
}

bool may_repeat(const Subscription& one, const Subscription& other) {
    return one.group == other.group && overlap(one.filter, other.filter);
}

/// Calls `combine` for overlapping pairs of one group until it has nothing left to change.
template <typename Combine>
void for_overlapping(std::vector<Subscription>& all, const Combine& combine) {
    for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t i = 0; i < all.size(); ++i) {
            for (std::size_t j = i + 1; j < all.size(); ++j) {
                if (may_repeat(all[i], all[j]) && combine(all[i], all[j])) changed = true;
            }
        }
    }
}

void drop_covered(std::vector<Subscription>& all) {
    const auto covered = [&](const Subscription& narrow) {
        return std::ranges::any_of(all, [&](const Subscription& wide) {
            return wide.group == narrow.group && wide.filter != narrow.filter && wide.qos >= narrow.qos &&
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
    subscription.group = source->group;
    subscription.qos = source->qos;
    subscription.retained = source->retained;
    // A two-way route never wants its own messages back, wherever the broker can keep them - but what is
    // retained, which may be its own: whether the option holds for that, brokers do not agree.
    subscription.no_local = (source->no_local || route.sync_pair) && !route.resync;
    // Of what is compared, the flag has to tell what is kept from what changes.
    subscription.retain_as_published = protocol == Protocol::v5 && !route.resync;
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

void add_marks(std::vector<Subscription>& wanted,
               const Route& route,
               std::string_view broker,
               const std::string& mark_topic) {
    const auto* source = std::get_if<MqttSource>(&route.source);
    if (source == nullptr || source->broker != broker || !route.resync || mark_topic.empty()) return;
    wanted.push_back(reply_subscription(mark_topic));
    wanted.back().qos = source->qos;
}

}  // namespace

std::vector<Subscription> wanted_subscriptions(const RoutingTable& table,
                                               std::string_view broker,
                                               Protocol protocol,
                                               const std::string& reply_topic,
                                               const std::set<std::string>& awaited,
                                               const std::string& mark_topic) {
    std::vector<Subscription> wanted;
    for (const std::string& filter : awaited)
        wanted.push_back(reply_subscription(filter));
    for (const Route& route : table.routes()) {
        add_source(wanted, route, broker, protocol);
        add_replies(wanted, route, broker, reply_topic);
        add_marks(wanted, route, broker, mark_topic);
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
    const auto told_apart = [&](const Subscription& one) {
        return protocol == Protocol::v5 && one.group.empty();
    };
    for (std::size_t before = 0; before != wanted.size();) {
        before = wanted.size();
        for_overlapping(wanted, [&](Subscription& one, Subscription& other) {
            if (told_apart(one) || one == other) return false;
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

}  // namespace gateway::mqtt
