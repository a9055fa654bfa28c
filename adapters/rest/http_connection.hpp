// One accepted connection: HTTP/1.1 requests one after the other, and the websocket it may become. Coroutines
// on the shard's thread; each keeps the listener's state alive. Errors of a peer end its connection and are
// counted.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>

#include "adapters/rest/access_log.hpp"
#include "adapters/rest/admission.hpp"
#include "adapters/rest/byte_stream.hpp"
#include "adapters/rest/listener_state.hpp"
#include "adapters/rest/peer.hpp"

namespace rest {

/// Serves the stream to its end, or refuses it: its client has its share of connections.
boost::asio::awaitable<void> serve_connection(std::shared_ptr<ListenerState> state,
                                              std::unique_ptr<ByteStream> stream,
                                              Peer peer);

/// Serves the stream to its end. `admission`: the place of its client, who has one.
boost::asio::awaitable<void> serve_admitted(std::shared_ptr<ListenerState> state,
                                            std::unique_ptr<ByteStream> stream,
                                            Peer peer,
                                            std::unique_ptr<const Admission> admission);

/// What a connection becomes. `acceptor`: the node, or a stream.
struct Upgrade {
    gateway::UpgradeRequest request;
    std::shared_ptr<gateway::WebsocketAcceptor> acceptor;
    std::optional<Access> access = {};  // of the request; nullopt: no log is kept
};

/// Answers the upgrade and serves the websocket until either side closes it. `arrived`: what followed the
/// upgrade's head in the same read.
boost::asio::awaitable<void> serve_websocket(std::shared_ptr<ListenerState> state,
                                             std::unique_ptr<ByteStream> stream,
                                             std::string arrived,
                                             Upgrade upgrade);

/// Says 503 and closes: more connections than a limit.
boost::asio::awaitable<void> refuse_connection(std::shared_ptr<ListenerState> state,
                                               std::unique_ptr<ByteStream> stream,
                                               Peer peer);

}  // namespace rest
