// A websocket as two small interfaces, so that the listener (which owns sockets) and the happn node (which
// owns sessions) do not know each other. One peer per socket. Everything on the shard's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/bytes.hpp"
#include "gateway/clock.hpp"

namespace gateway {

/// The sending half, owned by the listener; valid from open until WebsocketPeer's destruction.
class WebsocketLink {
public:
    virtual ~WebsocketLink() = default;
    /// Queues one text frame; queued frames leave in as few writes as possible.
    virtual void send(Bytes text) = 0;
    /// Asks for a sign of life (RFC 6455 section 5.5.2).
    virtual void ping() {}
    /// Bytes queued and not yet written: the measure of a slow reader.
    virtual std::size_t backlog() const = 0;
    /// Closes after what is queued has been written (RFC 6455 section 7.4.1 codes).
    virtual void close(std::uint16_t code) = 0;
};

/// The receiving half, made by the acceptor. Destroyed once the socket has gone, whoever closed it.
class WebsocketPeer {
public:
    virtual ~WebsocketPeer() = default;
    /// One text frame, valid during the call only. Binary frames are not passed on.
    virtual void on_text(std::string_view text) = 0;
    /// Something that was queued has been written.
    virtual void on_written() {}
    /// The answer to a ping.
    virtual void on_pong() {}
    /// About once a second.
    virtual void on_tick(TimePoint) {}
};

struct UpgradeRequest {
    std::string target;  // path and query
    std::string ip;      // of the peer
    std::uint16_t port = 0;
    std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
};

class WebsocketAcceptor {
public:
    virtual ~WebsocketAcceptor() = default;
    /// Null: refuse (the listener answers 503).
    virtual std::unique_ptr<WebsocketPeer> open(WebsocketLink& link, const UpgradeRequest& request) = 0;
    virtual std::size_t max_frame_bytes() const = 0;
};

}  // namespace gateway
