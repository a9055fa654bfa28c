#include "adapters/rest/streams/stream_socket.hpp"

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
    StreamPeer(std::shared_ptr<ItemQueue> queue, gateway::WebsocketLink& link, gateway::Metrics& metrics)
        : queue_{std::move(queue)}, link_{link}, metrics_{metrics} {
        queue_->on_ready([this] { pump(); });
        pump();
    }
    ~StreamPeer() override { queue_->close(); }

    void on_text(std::string_view) override {}
    void on_written() override { pump(); }
    void on_tick(TimePoint now) override {
        if (now - last_sent_ < queue_->heartbeat()) return;
        last_sent_ = now;
        link_.ping();
    }

private:
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
    gateway::Metrics& metrics_;
    TimePoint last_sent_ = Clock::now();
};

}  // namespace

std::unique_ptr<gateway::WebsocketPeer> StreamSocket::open(gateway::WebsocketLink& link,
                                                           const gateway::UpgradeRequest&) {
    return std::make_unique<StreamPeer>(queue_, link, metrics_);
}

std::size_t StreamSocket::max_frame_bytes() const {
    return max_incoming;
}

}  // namespace rest
