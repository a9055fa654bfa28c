// The way in: from the library's threads to the shard. A callback copies, pushes and returns; the shard is
// woken only when its inbox was empty. A message over the limit is not even copied. When the inbox is nearly
// full, QoS 0 is dropped and counted, and QoS 1/2 is left with the broker: the connection is closed with its
// session kept, until the shard has caught up.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "adapters/mqtt/wire.hpp"
#include "gateway/inbox.hpp"

namespace gateway::mqtt {

struct Connected {
    bool session_present = false;
    ServerLimits limits;
};
struct ConnectFailed {
    std::string why;
    ConnectFailure kind = ConnectFailure::unreached;
};
struct Disconnected {};
struct TooLarge {
    std::size_t bytes = 0;
};
struct Lost {
    std::string why;
    bool by_server = false;
};
struct Published {
    std::uint64_t ticket = 0;
    Confirmation confirmation;
};
struct Subscribed {
    std::uint64_t ticket = 0;
    int code = 0;
};
struct Unsubscribed {
    std::uint64_t ticket = 0;
};
using Event = std::variant<Arrival,
                           Connected,
                           ConnectFailed,
                           Disconnected,
                           Lost,
                           Published,
                           Subscribed,
                           TooLarge,
                           Unsubscribed>;

class Ingress final : public WireEvents {
public:
    static constexpr std::size_t max_messages = 20'000;
    static constexpr std::size_t max_bytes = 64u * 1024 * 1024;
    static constexpr std::size_t batch = 64;  // events handled before sockets get their turn

    /// `handle` gets each event on the shard's thread. `pause` is called on the library's thread when the
    /// broker has to stop sending, `done` for each publication the library has finished; both only queue.
    /// `keep`, there too, puts a message of QoS 1 or 2 where it is not lost with the process, and gives its
    /// id or 0; `full`, on both threads: it is to be left with the broker.
    struct Handlers {
        std::function<void(Event&&)> handle;
        std::function<void()> drained;  // shard: the inbox is nearly empty again after a pause
        std::function<void()> pause;
        std::function<void(std::uint64_t)> done;
        std::function<std::int64_t(const Arrival&)> keep = {};
        std::function<bool()> full = {};
    };

    /// What becomes of QoS 1 and 2 when the inbox is nearly full; QoS 0 is dropped.
    enum class Overload : std::uint8_t { pause, drop };

    Ingress(boost::asio::io_context& shard,
            Handlers handlers,
            std::size_t max_message,
            Overload overload = Overload::pause,
            Inbox<Event>::Bounds bounds = {max_messages, max_bytes});

    void on_connected(bool session_present, ServerLimits limits) override;
    void on_connect_failed(std::string why, ConnectFailure kind) override;
    void on_disconnected() override;
    void on_lost(std::string why, bool by_server) override;
    bool takes(std::size_t bytes) override;
    void on_arrived(Arrival arrival) override;
    void on_published(std::uint64_t ticket, Confirmation confirmation) override;
    void on_subscribed(std::uint64_t ticket, int code) override;
    void on_unsubscribed(std::uint64_t ticket) override;

    /// There may be room again. Shard's thread.
    void look() { watch_load(); }
    bool paused() const { return paused_.load(std::memory_order_relaxed); }
    /// Messages dropped since the last call.
    std::uint64_t take_dropped() { return dropped_.exchange(0, std::memory_order_relaxed); }

private:
    void push(Event event);
    void wake();
    void drain();
    void watch_load();
    bool overloaded(std::size_t quarters) const;

    boost::asio::io_context& shard_;
    Handlers handlers_;
    const std::size_t max_message_;
    const Overload overload_;
    Inbox<Event> inbox_;
    std::atomic<bool> paused_{false};
    std::atomic<std::uint64_t> dropped_{0};
    std::vector<Event> batch_;  // shard's
    std::shared_ptr<int> alive_ =
        std::make_shared<int>(0);  // what the shard's queue holds does not outlive this
};

}  // namespace gateway::mqtt
