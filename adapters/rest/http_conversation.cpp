#include "adapters/rest/http_conversation.hpp"

#include <boost/asio/this_coro.hpp>
#include <utility>

#include "adapters/rest/node_websockets.hpp"
#include "adapters/rest/request_head.hpp"
#include "adapters/rest/websocket_upgrade.hpp"

#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 takes the inlined operators new and delete of Asio's coroutine frames for a mismatched pair.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace rest {

namespace asio = boost::asio;
using gateway::TimePoint;

asio::awaitable<std::optional<Upgrade>> HttpConversation::run() {
    co_await asio::this_coro::throw_if_cancelled(false);
    for (;;) {
        const Next next = co_await serve_request();
        if (next == Next::upgrade) co_return std::move(upgrade_);
        if (next == Next::close || state_->ended) co_return std::nullopt;
        reader_.rest();
        sender_.rest();
    }
}

asio::awaitable<HttpConversation::Next> HttpConversation::serve_request() {
    framing_ = {};
    const bool headed = co_await read_head();
    if (!headed) co_return Next::close;
    if (auto refusal = check_rate(*state_, request_.http(), request_.began())) {
        if (!reader_.has_body()) {
            framing_.keep_alive = may_go_on();
            co_return co_await send(for_pages(*std::move(refusal)));
        }
        co_await refuse(*std::move(refusal));
        co_return Next::close;
    }
    if (auto refusal = check_upgrade()) {
        co_await refuse(*std::move(refusal));
        co_return Next::close;
    }
    if (upgrade_) co_return Next::upgrade;
    if (auto refusal = check_expectation(request_.http())) {
        co_await refuse(*std::move(refusal));
        co_return Next::close;
    }
    if (reader_.has_body()) {
        const auto refused = co_await read_body();
        if (refused) co_return *refused;
    }
    const Next next = co_await answer_and_send();
    if (next == Next::close) co_await linger();
    co_return next;
}

/// A reply refuses it; otherwise upgrade_ is set if the request is one for the node.
std::optional<HttpReply> HttpConversation::check_upgrade() {
    request_.http().wants_websocket = wants_websocket(request_.http()) && !reader_.is_old();
    if (!is_for_node(request_.http())) return std::nullopt;
    if (auto refusal = refusal_of_upgrade(*state_, request_.http(), reader_.has_body())) return refusal;
    upgrade_ = Upgrade{upgrade_of(request_.http(), request_.peer_port()),
                       {std::shared_ptr<void>{}, state_->node},
                       request_.access()};
    return std::nullopt;
}

void HttpConversation::begin_request() {
    request_.begin();
    enter(Phase::head, state_->settings.timeouts.header);
}

/// Who is to answer has copied what he needs: that counts as it did here.
void HttpConversation::let_go_of_body() {
    request_.http().body = {};
    reader_.forget_body();
}

/// Nobody has it any more.
void HttpConversation::forget_body() {
    let_go_of_body();
    body_judge_.end();
}

/// A page of another origin that may read the route's answers reads the connection's own as well.
HttpReply HttpConversation::for_pages(HttpReply reply) const {
    if (!state_->ended && !request_.http().method.empty())
        state_->surface->open_to_page(request_.http(), reply);
    return reply;
}

bool HttpConversation::may_go_on() const {
    return reader_.keep_alive() && !state_->stopping && !state_->ended &&
           request_.number() < state_->door.clients.requests_per_connection;
}

// --- the front door's hand on it -----------------------------------------------------------------

void HttpConversation::check_deadline(TimePoint now) {
    if (phase_ == Phase::stream) body_->check_deadline(now);
    if (now < deadline_) return;
    timed_out_ = true;
    deadline_ = TimePoint::max();
    if (phase_ == Phase::head || phase_ == Phase::body) {
        stream_->cancel();  // the coroutine says 408
    } else {
        stream_->close();
    }
}

void HttpConversation::close_if_idle() {
    if (phase_ == Phase::idle || phase_ == Phase::drain || phase_ == Phase::linger) abort();
}

/// The others need the room: this client has taken longest over its answer.
void HttpConversation::give_up_answer() {
    if (!state_->ended) state_->metrics.count("http_answers_dropped");
    stream_->close();
}

void HttpConversation::abort() {
    aborted_ = true;
    timed_out_ = true;
    phase_ = Phase::idle;
    stream_->close();
    if (body_) body_->stop();
    box_->bell().cancel();
}

}  // namespace rest
