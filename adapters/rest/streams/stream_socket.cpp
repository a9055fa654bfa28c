#include "adapters/rest/streams/stream_socket.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace rest {
namespace {

using gateway::Clock;
using gateway::TimePoint;

constexpr std::size_t max_backlog = 64u * 1024;  // handed to the socket; what is more waits in the queue
constexpr std::size_t max_incoming = 4u * 1024;
constexpr std::uint16_t closed_normally = 1000;  // RFC 6455 section 7.4.1
constexpr std::uint16_t closed_for_now = 1013;   // "try again later" (IANA registry)

class StreamPeer final : public gateway::WebsocketPeer {
public:
    StreamPeer(std::shared_ptr<ItemQueue> queue,
               gateway::WebsocketLink& link,
               gateway::Duration write_timeout,
               gateway::Metrics& metrics)
        : queue_{std::move(queue)}, link_{link}, write_timeout_{write_timeout}, metrics_{metrics} {
        queue_->on_ready([this] { pump(); });
        pump();
    }
    ~StreamPeer() override { queue_->close(); }

    void on_text(std::string_view) override {}
    void on_written() override {
        writing_since_.reset();
        pump();
    }
    void on_pong() override { pinged_.reset(); }
    void on_tick(TimePoint now) override {
        if (is_stalled(now) || is_silent(now)) return link_.close(closed_for_now);
        if (now - last_sent_ < queue_->heartbeat()) return;
        last_sent_ = now;
        if (!pinged_) pinged_ = now;
        link_.ping();
    }

private:
    /// It does not take what it is sent.
    bool is_stalled(TimePoint now) {
        if (link_.backlog() == 0) writing_since_.reset();
        if (link_.backlog() > 0 && !writing_since_) writing_since_ = now;
        return writing_since_ && now - *writing_since_ >= write_timeout_;
    }

    /// It has gone without a word, or what is between has.
    bool is_silent(TimePoint now) const {
        return pinged_ && now - *pinged_ >= std::max(2 * queue_->heartbeat(), StreamSocket::least_patience);
    }

    void pump() {
        while (queue_->has_pieces() && link_.backlog() < max_backlog) {
            for (std::string& piece : queue_->take(max_backlog))
                link_.send(gateway::Bytes{std::move(piece)});
            last_sent_ = Clock::now();
        }
        if (const auto dropped = queue_->take_dropped(); dropped > 0)
            metrics_.count(stream_drops_metric, dropped);
        if (queue_->ended() && !queue_->has_pieces())
            link_.close(queue_->failed() ? closed_for_now : closed_normally);
    }

    std::shared_ptr<ItemQueue> queue_;
    gateway::WebsocketLink& link_;
    gateway::Duration write_timeout_;
    gateway::Metrics& metrics_;
    TimePoint last_sent_ = Clock::now();
    std::optional<TimePoint> writing_since_;  // as far as ticks have seen
    std::optional<TimePoint> pinged_;         // the first ping without an answer
};

}  // namespace

std::unique_ptr<gateway::WebsocketPeer> StreamSocket::open(gateway::WebsocketLink& link,
                                                           const gateway::UpgradeRequest&) {
    return std::make_unique<StreamPeer>(queue_, link, state_->settings.timeouts.body, state_->metrics);
}

std::size_t StreamSocket::max_frame_bytes() const {
    return max_incoming;
}

}  // namespace rest
