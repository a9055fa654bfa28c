// What the connections of a front door share, and how the front door reaches them: timeouts are looked at by
// one ticker instead of a timer per operation. Shard's thread. Held by every connection's coroutine, so that
// it outlives them.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <list>
#include <memory>

#include "adapters/rest/byte_pool.hpp"
#include "adapters/rest/client_table.hpp"
#include "adapters/rest/http_surface.hpp"
#include "adapters/rest/known_hosts.hpp"
#include "adapters/rest/reply_writer.hpp"
#include "gateway/listener_settings.hpp"
#include "gateway/metrics.hpp"
#include "gateway/websocket.hpp"

namespace rest {

/// One socket, as the front door sees it.
class Connection {
public:
    virtual ~Connection() = default;
    virtual void check_deadline(gateway::TimePoint now) = 0;
    /// Closes it if no request is on it.
    virtual void close_if_idle() = 0;
    /// Closes it now; whatever waits on the socket ends with an error. Touches the front door's surroundings
    /// never again.
    virtual void abort() = 0;
};

/// How connections are served, apart from what is behind them.
struct DoorSettings {
    gateway::ProxySettings proxies;
    gateway::ClientLimits clients;
    gateway::Compression compression;
    bool access_log = false;
};

struct ListenerState {
    ListenerState(boost::asio::io_context& context,
                  SurfaceSettings surface_settings,
                  DoorSettings door_settings,
                  gateway::Dispatcher& dispatcher,
                  gateway::Mesh& addressed,
                  gateway::WebsocketAcceptor* websockets,
                  gateway::Metrics& counters)
        : io{context},
          settings{surface_settings},
          door{std::move(door_settings)},
          clients{door.clients},
          bodies{settings.limits.http_bodies},
          answers{settings.limits.http_answers},
          surface{
              std::make_unique<HttpSurface>(std::move(surface_settings), dispatcher, addressed, counters)},
          hosts{settings.rest.hosts},
          node{websockets},
          metrics{counters} {}

    boost::asio::io_context& io;
    SurfaceSettings settings;
    DoorSettings door;
    ClientTable clients;
    BytePool bodies;                       // of requests, until they are answered
    BytePool answers;                      // as long as they are written
    std::unique_ptr<HttpSurface> surface;  // null once ended
    KnownHosts hosts;                      // of the node's websockets; the surface judges the rest
    gateway::WebsocketAcceptor* node;
    gateway::Metrics& metrics;
    HttpDate date;
    std::list<Connection*> connections;
    std::uint64_t connections_made = 0;
    std::size_t active = 0;  // requests in flight, and open streams
    bool stopping = false;   // every reply says that the connection closes
    bool ended = false;  // the front door has gone: surface, node and metrics are not to be touched any more
};

/// Counted as active as long as it lives.
class InFlight {
public:
    explicit InFlight(ListenerState& state) : state_{state} { ++state_.active; }
    ~InFlight() { --state_.active; }
    InFlight(const InFlight&) = delete;
    InFlight& operator=(const InFlight&) = delete;

private:
    ListenerState& state_;
};

/// Listed as long as it lives.
class Registration {
public:
    Registration(ListenerState& state, Connection& connection)
        : state_{state}, place_{state.connections.insert(state.connections.end(), &connection)} {}
    ~Registration() { state_.connections.erase(place_); }
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;

private:
    ListenerState& state_;
    std::list<Connection*>::iterator place_;
};

}  // namespace rest
