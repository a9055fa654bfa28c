// A websocket to a happn server, over TCP or TLS, as a client: connects, reads in large blocks, writes all
// that waits in one go, and keeps one timer. Owned by a session; everything runs on the io_context's thread.
// One connection at a time; open() may be called again after on_closed. Destroying it closes the socket and
// ends all callbacks.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "adapters/happn/destination.hpp"
#include "gateway/clock.hpp"

namespace happn {

class ConnectionEvents {
public:
    virtual ~ConnectionEvents() = default;
    virtual void on_open() = 0;
    virtual void on_text(std::string_view text) = 0;  // valid during the call
    virtual void on_timer() = 0;
    virtual void on_closed(std::string_view why) = 0;  // once for each open()
};

class Connection {
public:
    Connection(boost::asio::io_context& io, ConnectionEvents& events);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void open(const Destination& destination);
    /// Queues one text frame; nothing happens when not open.
    void send(std::string_view text);
    /// Closes after what is queued has been written; on_closed follows soon, not from within.
    void close();
    /// Bytes that have not left yet.
    std::size_t backlog() const;

    /// Calls on_timer at that time, or earlier. nullopt: not at all.
    void wake_at(std::optional<gateway::TimePoint> when);

    struct Link;

private:
    struct Delivery;
    struct Wake;
    boost::asio::io_context& io_;
    ConnectionEvents& events_;
    std::shared_ptr<Link> link_;
    std::shared_ptr<Wake> wake_;
};

}  // namespace happn
