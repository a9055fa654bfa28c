#include "adapters/rest/http_connection.hpp"

#include <utility>

#include "adapters/rest/http_conversation.hpp"

#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 takes the inlined operators new and delete of Asio's coroutine frames for a mismatched pair.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace rest {

namespace asio = boost::asio;

asio::awaitable<void> serve_admitted(std::shared_ptr<ListenerState> state,
                                     std::unique_ptr<ByteStream> stream,
                                     Peer peer,
                                     std::unique_ptr<const Admission> admission) {
    const auto place = std::move(admission);
    auto conversation = std::make_unique<HttpConversation>(state, std::move(stream), std::move(peer));
    auto upgrade = co_await conversation->run();
    if (!upgrade) co_return;
    auto upgraded = conversation->take_stream();
    std::string arrived = conversation->take_unread();
    conversation.reset();  // a websocket needs none of its buffers
    co_await serve_websocket(std::move(state), std::move(upgraded), std::move(arrived), *std::move(upgrade));
}

asio::awaitable<void> serve_connection(std::shared_ptr<ListenerState> state,
                                       std::unique_ptr<ByteStream> stream,
                                       Peer peer) {
    auto admission = std::make_unique<const Admission>(state, peer.ip);
    if (*admission) {
        co_await serve_admitted(std::move(state), std::move(stream), std::move(peer), std::move(admission));
    } else {
        state->metrics.count("connections_refused_per_client");
        co_await refuse_connection(std::move(state), std::move(stream), std::move(peer));
    }
}

}  // namespace rest
