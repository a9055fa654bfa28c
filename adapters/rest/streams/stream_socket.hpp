// A stream over a websocket: each item a text message. What the client sends is not looked at. Shard's
// thread.
#pragma once

#include <memory>

#include "adapters/rest/streams/item_queue.hpp"
#include "gateway/metrics.hpp"
#include "gateway/websocket.hpp"

namespace rest {

/// Makes the one peer of the websocket that a stream has been answered with.
class StreamSocket final : public gateway::WebsocketAcceptor {
public:
    StreamSocket(std::shared_ptr<ItemQueue> queue, gateway::Metrics& metrics)
        : queue_{std::move(queue)}, metrics_{metrics} {}

    std::unique_ptr<gateway::WebsocketPeer> open(gateway::WebsocketLink& link,
                                                 const gateway::UpgradeRequest& request) override;
    std::size_t max_frame_bytes() const override;

private:
    std::shared_ptr<ItemQueue> queue_;
    gateway::Metrics& metrics_;
};

}  // namespace rest
