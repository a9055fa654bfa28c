// The request that a connection is at: who sends it, since when, which one it is, and what the access log
// says of it. Owned by its connection, and used again for each request on it. Shard's thread; the listener's
// state outlives it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "adapters/rest/access_log.hpp"
#include "adapters/rest/http_message.hpp"
#include "adapters/rest/listener_state.hpp"
#include "adapters/rest/peer.hpp"
#include "gateway/clock.hpp"

namespace rest {

class CurrentRequest {
public:
    CurrentRequest(ListenerState& state, Peer peer);

    HttpRequest& http() { return http_; }
    const HttpRequest& http() const { return http_; }
    std::uint16_t peer_port() const { return peer_.port; }
    /// When its head was there, or as far as it came.
    gateway::TimePoint began() const { return began_; }
    /// How many have begun on the connection.
    std::uint64_t number() const { return number_; }

    // In the order of a request's life:
    void forget();    // the one before, before its bytes go
    void begin();     // the first byte is there, and maybe no other will be
    void identify();  // the head is there, or what came of it: whose it is can be told

    /// nullopt: no log is kept.
    std::optional<Access> access() const;

private:
    ListenerState& state_;
    HttpRequest http_;
    Peer peer_;
    std::uint64_t connection_;  // its number
    std::uint64_t number_ = 0;
    bool behind_proxy_;   // the peer may say who its clients are
    std::string client_;  // as such a peer says
    gateway::TimePoint began_;
};

}  // namespace rest
