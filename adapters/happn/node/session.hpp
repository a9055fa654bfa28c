// One client of the node, from socket to socket: no session outlives its websocket, nothing is resumed. Plain
// data, kept small (idle sessions are what a node has most of); owned by State.
#pragma once

#include <cstdint>
#include <string>

#include "adapters/happn/node/dialect.hpp"
#include "adapters/happn/node/subscriptions.hpp"
#include "gateway/clock.hpp"
#include "gateway/websocket.hpp"

namespace happn::node {

struct Session {
    SessionNumber number = 0;
    std::string id;  // UUID, new for every socket
    gateway::WebsocketLink* link = nullptr;
    Dialect dialect;
    bool cluster_peer = false;  // its login's info names a cluster
    bool closing = false;       // nothing is sent to it any more
    bool malformed = false;     // has sent a frame that is no JSON: told to the log once
    std::uint8_t unanswered_pings = 0;
    std::uint16_t port = 0;
    std::uint32_t messages = 0;
    std::uint32_t unacknowledged =
        0;  // publications of its own whose subscribers have yet to acknowledge them
    gateway::TimePoint last_heard;
    std::string ip;
    std::string url;
    std::string version = "unknown";  // of the client, as it says
    std::string info;                 // of its login, raw JSON
};

}  // namespace happn::node
