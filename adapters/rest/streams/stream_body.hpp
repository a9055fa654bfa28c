// The body of a reply that is a stream: written as its items come, with signs of life between them, until it
// ends or the peer has gone. A peer that shuts its sending side may still be reading (RFC 9112 section 9.6),
// or may have gone: what is written next tells. A connection with a stream serves nothing else. Owned by the
// connection's coroutine; shard's thread.
#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <string>

#include "adapters/rest/byte_stream.hpp"
#include "adapters/rest/streams/item_queue.hpp"
#include "gateway/clock.hpp"
#include "gateway/metrics.hpp"

namespace rest {

class StreamBody {
public:
    /// `chunked`: in chunks (RFC 9112 section 7.1), else as it is, to the end of the connection.
    StreamBody(ByteStream& stream, std::shared_ptr<ItemQueue> queue, bool chunked, gateway::Metrics& metrics);
    ~StreamBody();
    StreamBody(const StreamBody&) = delete;
    StreamBody& operator=(const StreamBody&) = delete;

    /// Returns when nothing reads or writes any more. `write_timeout`: for the peer to take one piece.
    boost::asio::awaitable<void> send(gateway::Duration write_timeout);

    /// Closes the stream if the peer has not taken what is being written in time.
    void check_deadline(gateway::TimePoint now);
    /// Nothing more is sent: the stream of bytes has been closed.
    void stop();

private:
    void watch();
    void on_read(boost::system::error_code error, std::size_t size);
    void collect();
    void append(std::string_view piece);
    gateway::Duration pause();

    ByteStream& stream_;
    std::shared_ptr<ItemQueue> queue_;
    gateway::Metrics& metrics_;
    bool chunked_;
    boost::asio::steady_timer bell_;
    std::string out_;
    std::array<char, 256> unread_{};  // what the peer sends is thrown away
    std::size_t read_ = 0;
    gateway::TimePoint deadline_ = gateway::TimePoint::max();
    int probes_ = 0;  // signs of life to be given early
    bool watching_ = false;
    bool gone_ = false;
};

}  // namespace rest
