// The listeners: HTTP and happn websockets on the same ports, as on a happner node. Owned by the composition
// root; everything runs on the shard's thread. The dispatcher, the mesh, the acceptor and the metrics outlive
// it. Only start() throws.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "adapters/rest/listener_state.hpp"
#include "gateway/dispatcher.hpp"
#include "gateway/listener_settings.hpp"
#include "gateway/mesh.hpp"
#include "gateway/metrics.hpp"
#include "gateway/settings.hpp"
#include "gateway/websocket.hpp"

namespace rest {

struct FrontDoorSettings {
    std::vector<gateway::ListenerSettings> listen;  // port 0: the system chooses, see ports()
    gateway::Limits limits;
    gateway::Timeouts timeouts;
    gateway::RestSettings rest;
    DoorSettings door;
    gateway::IdempotencySettings idempotency = {};
    std::string happn_version = "13.12.1";  // what /version says, as a happn-3 server of that version
    std::string title = {};                 // of /openapi.json: the gateway's name
    std::string version = {};               // of /openapi.json: the gateway's version
};

class FrontDoor {
public:
    /// `addressed`: the mesh that `rest.mesh` names. `node`: null, or who takes websockets at /primus.
    FrontDoor(boost::asio::io_context& io,
              FrontDoorSettings settings,
              gateway::Dispatcher& dispatcher,
              gateway::Mesh& addressed,
              gateway::WebsocketAcceptor* node,
              gateway::Metrics& metrics);
    ~FrontDoor();
    FrontDoor(const FrontDoor&) = delete;
    FrontDoor& operator=(const FrontDoor&) = delete;

    /// Binds all listeners, or throws std::runtime_error that names the one that cannot be bound, or whose
    /// certificate cannot be used, and why.
    void start();
    /// In the order of `listen`.
    const std::vector<std::uint16_t>& ports() const;

    /// Reads the certificates of TLS listeners again; they are also looked at when their files change. One
    /// that cannot be used is logged, and the one before stays. Connections keep what they began with.
    void reload_certificates();

    // Shutdown, in this order:
    void stop_accepting();       // and every further reply closes its connection
    void close_idle();           // connections without a request; websockets stay
    std::size_t active() const;  // requests in flight: wait for 0
    void close_all();            // whatever is left, websockets too

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace rest
