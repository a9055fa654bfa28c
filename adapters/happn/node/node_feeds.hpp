// The streams that readers have open on the node: each is subscribed like a client, by a number of its own,
// so that a publication finds its readers as it finds its subscribers. Nobody is refused: the node is
// insecure. Owned by the Node; shard's thread.
#pragma once

#include <memory>
#include <optional>
#include <unordered_map>

#include "adapters/happn/feed.hpp"
#include "adapters/happn/node/hub.hpp"
#include "gateway/dispatcher.hpp"
#include "gateway/route.hpp"

namespace happn::node {

class NodeFeeds {
public:
    NodeFeeds(Hub& hub, gateway::Dispatcher& dispatcher) : hub_{hub}, dispatcher_{dispatcher} {}

    void open(gateway::DeliveryId id, const gateway::StreamTarget& rule, const gateway::Output& output);
    std::optional<gateway::StreamItem> next_stored(gateway::DeliveryId id);
    /// Its reader has gone.
    void forget(gateway::DeliveryId id);
    void on_published(const Published& published);
    void close_all();

private:
    gateway::Result<void> begin_with_stored(Feed& feed, const gateway::AddressPattern& pattern);

    Hub& hub_;
    gateway::Dispatcher& dispatcher_;
    SessionNumber last_number_ = first_feed;
    std::unordered_map<SessionNumber, std::shared_ptr<Feed>> feeds_;
    std::unordered_map<gateway::DeliveryId, SessionNumber> numbers_;
};

}  // namespace happn::node
