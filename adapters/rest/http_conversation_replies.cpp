// How a conversation answers: asks the surface and waits for it, writes a reply or a stream, and says no.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <utility>

#include "adapters/rest/http_conversation.hpp"
#include "adapters/rest/http_status.hpp"
#include "adapters/rest/streams/stream_socket.hpp"
#include "adapters/rest/websocket_upgrade.hpp"

#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 takes the inlined operators new and delete of Asio's coroutine frames for a mismatched pair.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace rest {

namespace asio = boost::asio;
using gateway::TimePoint;

namespace {

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);
constexpr gateway::Duration linger_time = std::chrono::seconds{2};  // of reading on after a refusal

}  // namespace

asio::awaitable<HttpConversation::Next> HttpConversation::answer_and_send() {
    const InFlight in_flight{*state_};
    HttpReply reply = co_await answer();
    if (!reply.stream) forget_body();  // else what brings the stream has it still
    if (reply.stream && request_.http().wants_websocket) {
        upgrade_ = Upgrade{upgrade_of(request_.http(), request_.peer_port()),
                           std::make_shared<StreamSocket>(state_, reply.stream),
                           request_.access()};
        co_return Next::upgrade;
    }
    framing_.keep_alive = may_go_on();
    framing_.stream = reply.stream != nullptr;
    if (reply.stream && !framing_.head) co_return co_await send_stream(std::move(reply));
    co_return co_await send(std::move(reply));
}

/// Where the surface is asked, and its reply taken.
asio::awaitable<HttpReply> HttpConversation::answer() {
    phase_ = Phase::answer;
    deadline_ = TimePoint::max();  // every way behind the surface has its own
    if (state_->active > state_->settings.limits.pending) {
        state_->metrics.count("http_overloaded");
        co_return for_pages(problem(503, "too many requests at once", "Overloaded"));
    }
    state_->metrics.count("http_requests");
    state_->surface->handle(request_.http(), box_->expect());
    let_go_of_body();
    while (!box_->has_reply() && !aborted_) {
        auto [rung] = co_await box_->bell().async_wait(as_values);
        (void)rung;
    }
    if (aborted_) co_return problem(503, "the gateway is stopping");
    co_return box_->take();
}

/// Writes a whole reply, as framing_ says.
asio::awaitable<HttpConversation::Next> HttpConversation::send(HttpReply reply) {
    co_await sender_.compress(reply, request_.http());
    reply = unless_too_large(std::move(reply));
    if (const auto logged = request_.access()) log_access(*logged, reply.status, sent_body(reply, framing_));
    enter(Phase::write, state_->settings.timeouts.body);
    answer_share_.insist(sent_body(reply, framing_));
    const bool written = co_await sender_.write(reply, framing_);
    answer_share_.release();
    co_return written&& framing_.keep_alive ? Next::request : Next::close;
}

/// It would close on all others who are at theirs, and be closed on by the next.
HttpReply HttpConversation::unless_too_large(HttpReply reply) const {
    if (state_->answers.can_ever_hold(reply.body.size())) return reply;
    if (!state_->ended) state_->metrics.count("http_answers_too_large");
    return for_pages(problem(507, "the answer is larger than all answers may be together"));
}

/// Writes a reply that goes on as long as its stream does, and with it the connection.
asio::awaitable<HttpConversation::Next> HttpConversation::send_stream(HttpReply reply) {
    framing_.keep_alive = false;
    body_.emplace(*stream_, std::move(reply.stream), !framing_.old_client, state_->metrics);
    const Next head = co_await send(std::move(reply));
    (void)head;
    request_.forget();
    reader_.let_go();
    phase_ = Phase::stream;
    deadline_ = TimePoint::max();
    co_await body_->send(state_->settings.timeouts.body);
    body_.reset();
    forget_body();
    co_return Next::close;
}

/// The last reply of a connection that cannot go on.
asio::awaitable<void> HttpConversation::refuse(HttpReply reply) {
    timed_out_ = false;
    forget_body();
    framing_.keep_alive = false;
    co_await send(for_pages(std::move(reply)));
    co_await linger();
}

asio::awaitable<void> HttpConversation::refuse_late() {
    state_->metrics.count("http_timeouts");
    const std::string part = phase_ == Phase::head ? "head" : "body";
    co_await refuse(problem(408, "the request's " + part + " took too long"));
}

asio::awaitable<void> HttpConversation::refuse_unreadable() {
    state_->metrics.count("http_bad_requests");
    co_await refuse(reader_.refusal());
}

/// What the peer is still sending is read for a moment, and thrown away: closing at once would reset the
/// connection and take the reply back (RFC 9112 section 9.6).
asio::awaitable<void> HttpConversation::linger() {
    enter(Phase::linger, linger_time);
    auto [shut, none] = co_await async_shutdown_send(*stream_, as_values);
    if (shut) co_return;
    (void)reader_.take_unread();
    for (;;) {
        auto [error, size] = co_await async_read_some(*stream_, reader_.prepare(), as_values);
        if (error) co_return;
    }
}

}  // namespace rest
