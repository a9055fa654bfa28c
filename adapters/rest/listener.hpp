// One address that is listened on, and how a connection to it becomes a stream of HTTP: the header of a proxy
// first, if there is one in front, then TLS. Shard's thread; held by whoever opens a connection.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <optional>

#include "adapters/rest/listener_state.hpp"
#include "adapters/rest/peer.hpp"
#include "adapters/rest/server_certificate.hpp"

namespace rest {

struct Listener {
    Listener(boost::asio::ip::tcp::acceptor bound, bool proxied)
        : acceptor{std::move(bound)}, proxy_protocol{proxied} {}

    boost::asio::ip::tcp::acceptor acceptor;
    bool proxy_protocol;
    std::optional<ServerCertificate> certificate;  // absent: no TLS
};

/// Serves an accepted socket to its end. What does not get through its header and handshake within
/// `timeouts.header` is closed without a word.
boost::asio::awaitable<void> open_connection(std::shared_ptr<ListenerState> state,
                                             std::shared_ptr<Listener> listener,
                                             boost::asio::ip::tcp::socket socket,
                                             Peer peer);

}  // namespace rest
