// One accepted socket: HTTP/1.1 requests one after the other, and the websocket it may become. Coroutines on
// the shard's thread; each keeps the listener's state alive. Errors of a peer end its connection and are
// counted.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "adapters/rest/listener_state.hpp"

namespace rest {

/// Serves the socket to its end.
boost::asio::awaitable<void> serve_connection(std::shared_ptr<ListenerState> state,
                                              boost::asio::ip::tcp::socket socket);

/// Answers the upgrade and serves the websocket until either side closes it. `peer` was made by the acceptor
/// for `link`. `arrived`: what followed the upgrade's head in the same read.
boost::asio::awaitable<void> serve_websocket(std::shared_ptr<ListenerState> state,
                                             boost::asio::ip::tcp::socket socket,
                                             std::string arrived,
                                             gateway::UpgradeRequest request);

/// Says 503 and closes: more connections than the limit.
boost::asio::awaitable<void> refuse_connection(std::shared_ptr<ListenerState> state,
                                               boost::asio::ip::tcp::socket socket);

}  // namespace rest
