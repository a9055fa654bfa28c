// A stream over a websocket: each item a text message. What the client sends is not looked at, but it has to
// take what it is sent, and to answer pings. Shard's thread.
#pragma once

#include <chrono>
#include <memory>
#include <utility>

#include "adapters/rest/listener_state.hpp"
#include "adapters/rest/streams/item_queue.hpp"
#include "gateway/clock.hpp"
#include "gateway/websocket.hpp"

namespace rest {

/// Makes the one peer of the websocket that a stream has been answered with. Kept as long as that is open.
class StreamSocket final : public gateway::WebsocketAcceptor {
public:
    /// Of silence to pings, where two heartbeats are shorter.
    static constexpr gateway::Duration least_patience = std::chrono::seconds{10};

    StreamSocket(std::shared_ptr<ListenerState> state, std::shared_ptr<ItemQueue> queue)
        : state_{std::move(state)}, queue_{std::move(queue)} {}

    std::unique_ptr<gateway::WebsocketPeer> open(gateway::WebsocketLink& link,
                                                 const gateway::UpgradeRequest& request) override;
    std::size_t max_frame_bytes() const override;

private:
    std::shared_ptr<ListenerState> state_;
    InFlight in_flight_{*state_};
    std::shared_ptr<ItemQueue> queue_;
};

}  // namespace rest
