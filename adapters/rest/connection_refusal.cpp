// Connections that are one too many: each is told so, and closed.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <string>
#include <utility>

#include "adapters/rest/access_log.hpp"
#include "adapters/rest/http_connection.hpp"
#include "adapters/rest/http_status.hpp"

#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 takes the inlined operators new and delete of Asio's coroutine frames for a mismatched pair.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace rest {
namespace {

namespace asio = boost::asio;

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);

/// Of a connection that is closed before it could ask for anything.
void log_refusal(ListenerState& state, const Peer& peer, const HttpReply& reply) {
    const std::string id = std::to_string(++state.connections_made) + "-0";
    if (!state.door.access_log) return;
    Access access;
    access.client = peer.ip;
    access.id = id;
    access.began = gateway::Clock::now();
    log_access(access, reply.status, reply.body.size());
}

}  // namespace

asio::awaitable<void> refuse_connection(std::shared_ptr<ListenerState> state,
                                        std::unique_ptr<ByteStream> stream,
                                        Peer peer) {
    std::string out;
    ReplyFraming framing;
    framing.keep_alive = false;
    const HttpReply reply = problem(503, "too many connections", "Overloaded");
    log_refusal(*state, peer, reply);
    append_reply(out, reply, framing, state->date.now());
    const ByteStream::Pieces pieces{asio::buffer(out), asio::const_buffer{}};
    auto [error, size] = co_await async_write(*stream, pieces, as_values);
    (void)error;
}

}  // namespace rest
