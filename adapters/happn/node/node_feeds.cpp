#include "adapters/happn/node/node_feeds.hpp"

#include <string>
#include <utility>
#include <vector>

#include "adapters/happn/node/store/stored_items.hpp"
#include "adapters/happn/paths.hpp"
#include "gateway/json.hpp"

namespace happn::node {

namespace {

using gateway::DeliveryId;
using gateway::Errc;
using gateway::Error;
using gateway::Outcome;

FeedItem item_of(const Published& published) {
    const auto time = [&published](std::string_view name) {
        return std::string{gateway::json::member(published.meta, name).value_or("")};
    };
    return {published.path,
            published.data,
            time("created"),
            time("modified"),
            published.word == ChannelWord::remove};
}

}  // namespace

void NodeFeeds::open(DeliveryId id, const gateway::StreamTarget& rule, const gateway::Output& output) {
    Feed::Emit emit{[this, id](gateway::StreamItem item) { dispatcher_.on_item(id, std::move(item)); },
                    [this, id] { dispatcher_.on_stored(id); }};
    const auto feed = std::make_shared<Feed>(feed_wish(rule, output), std::move(emit));
    const auto number = ++last_number_;
    feeds_.emplace(number, feed);
    numbers_.emplace(id, number);
    const auto& from = std::get<gateway::HappnStream>(rule.from);
    const auto channel = make_channel(channel_word(from.sets, from.removes), output.pattern->subscription());
    hub_.state().subscriptions.add(number, Generation::old, channel, 0, {});
    dispatcher_.on_open(id);
    if (!feed->needs_stored() || !numbers_.contains(id)) {
        return;
    }
    if (const auto begun = begin_with_stored(*feed, *output.pattern); begun.has_error()) {
        forget(id);
        dispatcher_.on_outcome(id, Outcome{begun.error()});
    }
}

gateway::Result<void> NodeFeeds::begin_with_stored(Feed& feed, const gateway::AddressPattern& pattern) {
    auto stored =
        query::select(stored_items(*hub_.state().store, pattern.subscription()), {}, query::Naming::current);
    if (stored.has_error()) {
        return stored.error();
    }
    std::vector<FeedItem> items;
    items.reserve(stored->size());
    for (query::Selected& selected : *stored) {
        items.push_back({std::move(selected.path),
                         std::move(selected.data),
                         std::to_string(selected.times.created),
                         std::to_string(selected.times.modified)});
    }
    if (!feed.on_stored(std::move(items))) {
        return stored_is_too_much();
    }
    return {};
}

std::optional<gateway::StreamItem> NodeFeeds::next_stored(DeliveryId id) {
    const auto number = numbers_.find(id);
    return number == numbers_.end() ? std::nullopt : feeds_.at(number->second)->next_stored();
}

void NodeFeeds::forget(DeliveryId id) {
    const auto number = numbers_.extract(id);
    if (number.empty()) {
        return;
    }
    hub_.state().subscriptions.remove_all(number.mapped());
    feeds_.erase(number.mapped());
}

void NodeFeeds::on_published(const Published& published) {
    for (const auto number : published.feeds) {
        const auto found = feeds_.find(number);
        if (found == feeds_.end()) {
            continue;
        }
        const auto feed = found->second;  // its reader may go meanwhile
        feed->on_publication(item_of(published));
    }
}

void NodeFeeds::close_all() {
    while (!numbers_.empty()) {
        const auto id = numbers_.begin()->first;
        forget(id);
        dispatcher_.on_outcome(id, Outcome{Error{Errc::unavailable, "the node is stopping"}});
    }
}

}  // namespace happn::node
