#include "adapters/rest/streams/stream_body.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>

#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 takes the inlined operators new and delete of Asio's coroutine frames for a mismatched pair.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace rest {
namespace {

namespace asio = boost::asio;
using gateway::Clock;
using gateway::TimePoint;

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t batch = 64u * 1024;         // bytes of one write
constexpr std::size_t kept_capacity = 4u * 1024;  // of what is written, between items
constexpr std::size_t max_unread = 64u * 1024;    // a peer that sends more is not reading but talking
constexpr std::string_view last_chunk = "0\r\n\r\n";

// A peer that has gone answers what is written to it by a reset; the write after that fails.
constexpr int probes_of_a_silent_peer = 2;
constexpr gateway::Duration time_to_answer = std::chrono::seconds{1};

}  // namespace

StreamBody::StreamBody(ByteStream& stream,
                       std::shared_ptr<ItemQueue> queue,
                       bool chunked,
                       gateway::Metrics& metrics)
    : stream_{stream},
      queue_{std::move(queue)},
      metrics_{metrics},
      chunked_{chunked},
      bell_{stream.get_executor()} {}

StreamBody::~StreamBody() {
    queue_->close();
}

asio::awaitable<void> StreamBody::send(gateway::Duration write_timeout) {
    queue_->on_ready([this] { bell_.cancel(); });
    watch();
    while (!gone_) {
        collect();
        const bool last = queue_->ended() && !queue_->has_pieces();
        if (last && chunked_) out_ += last_chunk;
        if (out_.empty() && !last) {
            bell_.expires_after(pause());
            auto [error] = co_await bell_.async_wait(as_values);
            if (error) continue;  // rung: there is an item, or the peer has gone
            append(heartbeat_piece(queue_->format()));
        }
        deadline_ = Clock::now() + write_timeout;
        const ByteStream::Pieces pieces{asio::buffer(out_), asio::const_buffer{}};
        auto [failed, size] = co_await async_write(stream_, pieces, as_values);
        deadline_ = TimePoint::max();
        out_.clear();
        if (out_.capacity() > kept_capacity) out_.shrink_to_fit();
        if (failed || last) break;
    }
    queue_->close();
    if (watching_) stream_.cancel();
    while (watching_) {
        bell_.expires_at(TimePoint::max());
        auto [rung] = co_await bell_.async_wait(as_values);
        (void)rung;
    }
}

/// Until there is a sign of life.
gateway::Duration StreamBody::pause() {
    if (probes_ == 0) return queue_->heartbeat();
    const bool first = probes_-- == probes_of_a_silent_peer;
    return first ? gateway::Duration::zero() : std::min(time_to_answer, queue_->heartbeat());
}

void StreamBody::collect() {
    for (const std::string& piece : queue_->take(batch))
        append(piece);
    if (const auto dropped = queue_->take_dropped(); dropped > 0)
        metrics_.count(stream_drops_metric, dropped);
}

void StreamBody::append(std::string_view piece) {
    if (!chunked_) {
        out_ += piece;
    } else if (!piece.empty()) {
        fmt::format_to(std::back_inserter(out_), "{:x}\r\n{}\r\n", piece.size(), piece);
    }
}

void StreamBody::watch() {
    watching_ = true;
    stream_.read_some(
        asio::buffer(unread_),
        IoHandler{[this](boost::system::error_code error, std::size_t size) { on_read(error, size); }});
}

void StreamBody::on_read(boost::system::error_code error, std::size_t size) {
    watching_ = false;
    read_ += size;
    if (!error && read_ <= max_unread && !gone_) return watch();
    if (error != asio::error::eof || gone_) return stop();
    probes_ = probes_of_a_silent_peer;
    bell_.cancel();
}

void StreamBody::stop() {
    gone_ = true;
    bell_.cancel();
}

void StreamBody::check_deadline(TimePoint now) {
    if (now < deadline_) return;
    deadline_ = TimePoint::max();
    stream_.close();
}

}  // namespace rest
