// Where a connection's coroutine waits for the reply to its request. The reply may come at once, later, or
// after the connection has gone; a request whose callback is dropped unanswered gets a 500, so that no
// connection waits for ever. Shard's thread.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <optional>

#include "adapters/rest/http_message.hpp"

namespace rest {

class ReplyBox : public std::enable_shared_from_this<ReplyBox> {
public:
    explicit ReplyBox(const boost::asio::any_io_executor& executor) : bell_{executor} {}

    /// For the next request; replies to earlier ones are ignored from here on.
    Respond expect();

    bool has_reply() const { return reply_.has_value(); }
    HttpReply take();
    /// Cancelled when there is a reply: wait on it while has_reply() is false.
    boost::asio::steady_timer& bell() { return bell_; }

private:
    class Ticket;
    void put(std::uint64_t turn, HttpReply&& reply);

    boost::asio::steady_timer bell_;
    std::optional<HttpReply> reply_;
    std::uint64_t turn_ = 0;
};

}  // namespace rest
