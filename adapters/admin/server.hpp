// The listener for operators and probes: /live /ready /metrics /routes /version /dead-letters over plain
// HTTP/1.1, apart from the data plane so that it answers even when the shard does not. Owned by the
// composition root. Runs on threads of its own (one that accepts, a fixed pool that answers) and knows the
// shard only by the probes, which it calls on those threads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "adapters/admin/dead_letters.hpp"
#include "adapters/admin/readiness.hpp"
#include "gateway/error.hpp"
#include "gateway/principal.hpp"
#include "gateway/settings.hpp"

namespace admin {

/// Called on the server's threads, several at a time. Each fetches a snapshot from the shard and waits for it
/// no longer than a deadline of its own; nullopt: the shard has not answered by then, which is told as 503.
/// Must not throw.
struct Probes {
    std::function<bool()> live;
    std::function<std::optional<Readiness>()> ready;
    std::function<std::optional<std::string>()> metrics;  // Prometheus text exposition format 0.0.4
    std::function<std::optional<std::string>()> routes;   // JSON text
    std::optional<DeadLetterDesk> dead_letters;           // of the spool; none: there is none
};

struct ServerOptions {
    enum class Surface : std::uint8_t {
        admin,   // everything, behind the token; without one only by names that no web page can have
        health,  // /live /ready /metrics, never a token, by any name
    };
    Surface surface = Surface::admin;
    gateway::Endpoint endpoint;  // port 0: any free one
    gateway::Secret token;       // empty: none is asked for
    std::string version;         // of the gateway, for /version
    std::size_t threads = 8;     // requests at once; a kept-alive connection holds one for up to keep_alive
};

class Server {
public:
    Server(ServerOptions options, Probes probes);
    ~Server();  // stops
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Binds and serves from now on; gives the port. Once.
    gateway::Result<std::uint16_t> start();
    std::uint16_t port() const;
    /// Waits for the requests that are being answered. Once stopped, stays so.
    void stop();

private:
    struct Listener;
    std::unique_ptr<Listener> listener_;
};

}  // namespace admin
