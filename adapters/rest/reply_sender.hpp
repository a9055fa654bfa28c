// Writes the replies of one connection: smaller where its client takes that, framed, head and body in one
// write. Owned by the connection, whose stream and listener's state outlive it. Coroutines on the shard's
// thread.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "adapters/rest/byte_stream.hpp"
#include "adapters/rest/listener_state.hpp"
#include "adapters/rest/reply_writer.hpp"

namespace rest {

class ReplySender {
public:
    ReplySender(ListenerState& state, ByteStream& stream) : state_{state}, stream_{stream} {}

    /// Compresses what is worth it, if the client that asks takes it.
    boost::asio::awaitable<void> compress(HttpReply& reply, const HttpRequest& request);
    /// False: the connection has broken.
    boost::asio::awaitable<bool> write(const HttpReply& reply, ReplyFraming framing);
    /// Between requests: a buffer that a large reply has left is not kept.
    void rest();

private:
    ListenerState& state_;
    ByteStream& stream_;
    std::string out_;
};

}  // namespace rest
