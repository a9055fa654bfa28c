// The way out: one worker thread that makes every call into the MQTT library, so that the shard never waits
// for its lock. Publications pass a bounded queue and leave in order; at most a window of them is
// unacknowledged, because the library slows down to a crawl beyond its own limit. Requests about the
// connection overtake what is queued.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_set>
#include <variant>
#include <vector>

#include "adapters/mqtt/wire.hpp"

namespace gateway::mqtt {

/// Counts what is on its way. QoS 0 has a window of its own: it waits for the socket, not for the broker.
class Window {
public:
    static constexpr std::size_t most_acknowledged = 100;  // where paho's throughput collapses
    static constexpr std::size_t most_written = 256;

    /// `acknowledged`: that are on their way already.
    void open(std::size_t receive_maximum, std::size_t acknowledged = 0) {
        acknowledged_ = acknowledged;
        written_ = 0;
        limit_ = receive_maximum < most_acknowledged ? receive_maximum : most_acknowledged;
    }
    bool admits(int qos) const { return qos == 0 ? written_ < most_written : acknowledged_ < limit_; }
    void enter(int qos) { ++(qos == 0 ? written_ : acknowledged_); }
    void leave(int qos) {
        auto& count = qos == 0 ? written_ : acknowledged_;
        if (count > 0) --count;
    }
    bool empty() const { return acknowledged_ == 0 && written_ == 0; }

private:
    std::size_t limit_ = most_acknowledged;
    std::size_t acknowledged_ = 0;
    std::size_t written_ = 0;
};

class Egress {
public:
    struct Bounds {
        std::size_t messages = 0;
        std::size_t bytes = 0;
    };
    using Control = std::variant<ConnectRequest, DisconnectRequest, SubscribeRequest, UnsubscribeRequest>;

    /// `events` hears of publications that were not sent.
    Egress(WireEvents& events, Bounds bounds) : events_{events}, bounds_{bounds} {}
    ~Egress();
    Egress(const Egress&) = delete;
    Egress& operator=(const Egress&) = delete;

    /// Starts the worker; `wire` must live until join() has returned.
    void start(Wire& wire);

    /// A ticket for a publication of that QoS; any thread.
    std::uint64_t ticket(int qos);

    void control(Control control);              // any thread
    bool try_publish(Publication publication);  // shard; false: full or closed

    static bool is_acknowledged(std::uint64_t ticket);

    /// After CONNACK: publications may leave, those held first. What is not acknowledged yet keeps its place
    /// in the window: the library sends it again, in the session that the broker has kept.
    void open(std::size_t receive_maximum);
    /// The library does not send it again: there is no such session, or the library has forgotten it.
    void forget_sent();
    /// Holds what is queued, takes more, and disconnects; any thread.
    void pause();
    /// The first ticket that is still queued, or that of the next publication: what is earlier has been sent.
    std::uint64_t first_held();
    /// The connection is gone: what is queued is dropped (its outcome is the caller's to give), late outcomes
    /// do not count. Gives the first ticket that was not sent, as first_held().
    std::uint64_t close();
    /// The library is done with a publication; any thread.
    void done(std::uint64_t ticket);
    /// Once what is queued and on its way is done, or at the deadline: disconnect, and end the thread.
    void finish(TimePoint deadline);
    void join();

private:
    void work();
    std::uint64_t first_queued();
    bool something_to_do() const;
    std::vector<Control> take_controls();
    std::vector<Publication> take_publications();
    void perform(const Control& control);
    void send(const Publication& publication, TimePoint now);
    void wake(std::unique_lock<std::mutex>& lock);

    Wire* wire_ = nullptr;
    WireEvents& events_;
    const Bounds bounds_;
    std::atomic<std::uint64_t> last_ticket_{0};

    std::mutex mutex_;  // never held while the library is called: its callbacks come here under its own lock
    std::condition_variable changed_;
    std::deque<Control> controls_;
    std::deque<Publication> queue_;
    std::size_t queued_bytes_ = 0;
    Window window_;
    std::uint64_t first_ticket_ = 0;  // of this connection: of QoS 0, done() of earlier ones does not count
    std::unordered_set<std::uint64_t> unacknowledged_;  // tickets, whatever connection they left by
    bool open_ = false;
    bool held_ = false;
    bool sleeping_ = false;
    std::optional<TimePoint> finish_by_;
    std::thread thread_;
};

}  // namespace gateway::mqtt
