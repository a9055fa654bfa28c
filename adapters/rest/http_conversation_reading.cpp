// How a conversation reads a request: its head, its body where somebody wants that, and why no more of it.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "adapters/rest/http_conversation.hpp"
#include "adapters/rest/http_status.hpp"
#include "adapters/rest/request_head.hpp"

#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 takes the inlined operators new and delete of Asio's coroutine frames for a mismatched pair.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace rest {

namespace asio = boost::asio;

namespace {

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);

}  // namespace

/// False: refused, or the peer has gone.
asio::awaitable<bool> HttpConversation::read_head() {
    forget_body();
    request_.forget();
    reader_.start();
    enter(Phase::idle, state_->settings.timeouts.idle);
    if (reader_.has_unread()) begin_request();
    const Progress progress = co_await read(&RequestReader::read_head);
    if (progress == Progress::needs_more) co_return false;
    request_.identify();
    if (progress == Progress::failed) {
        co_await refuse_unreadable();
        co_return false;
    }
    framing_.head = request_.http().method == "HEAD";
    framing_.old_client = reader_.is_old();
    co_return true;
}

/// nullopt: it is there. Else the request has been refused, or the peer has gone.
asio::awaitable<std::optional<HttpConversation::Next>> HttpConversation::read_body() {
    const std::size_t limit = state_->surface->max_body(request_.http());
    const auto announced = reader_.announced_body();
    if (announced && *announced > limit) {
        co_await refuse(problem(413, "the body is larger than " + std::to_string(limit) + " bytes"));
        co_return Next::close;
    }
    if (auto refusal = body_judge_.begin(request_.http(), announced, waits_for_us()))
        co_return co_await refuse_body(*std::move(refusal));
    reader_.limit_body(limit);
    enter(Phase::body, state_->settings.timeouts.body);
    if (waits_for_us()) {
        const bool sent = co_await let_go_ahead();
        if (!sent) co_return Next::close;
    }
    const Progress progress = co_await read(&RequestReader::read_body);
    if (progress == Progress::done) co_return std::nullopt;
    if (progress == Progress::failed) co_await refuse_unreadable();
    co_return Next::close;
}

/// Does the client keep its body until it is asked for it?
bool HttpConversation::waits_for_us() const {
    return waits_for_go_ahead(request_.http()) && !framing_.old_client && !reader_.has_unread();
}

/// Says no before the body is there. One that is short, and on its way, is read all the same: the connection
/// may go on after it.
asio::awaitable<HttpConversation::Next> HttpConversation::refuse_body(HttpReply refusal) {
    if (waits_for_us() || reader_.announced_body().value_or(0) > BodyJudge::short_body) {
        co_await refuse(std::move(refusal));
        co_return Next::close;
    }
    framing_.keep_alive = may_go_on();
    const Next next = co_await send(for_pages(std::move(refusal)));
    if (next == Next::request) {
        const bool drained = co_await drain_body();
        if (drained) co_return Next::request;
    }
    co_await linger();
    co_return Next::close;
}

/// False: it goes on for too long, or the peer has gone.
asio::awaitable<bool> HttpConversation::drain_body() {
    enter(Phase::drain, state_->settings.timeouts.body);
    reader_.discard_body(BodyJudge::short_body);
    Progress progress = reader_.read_body(request_.http());
    while (progress == Progress::needs_more) {
        const bool more = co_await read_more();
        if (!more || state_->ended) co_return false;
        progress = reader_.read_body(request_.http());
    }
    co_return progress == Progress::done;
}

/// One part of a request. needs_more: it has been refused, or the peer has gone.
asio::awaitable<HttpConversation::Progress> HttpConversation::read(
    Progress (RequestReader::*part)(HttpRequest&)) {
    for (;;) {
        const Progress progress = (reader_.*part)(request_.http());
        if (progress == Progress::failed) co_return progress;
        if (auto refusal = body_judge_.go_on(request_.http(), reader_.held())) {
            co_await refuse(*std::move(refusal));
            co_return Progress::needs_more;
        }
        if (progress == Progress::done) co_return progress;
        const bool more = co_await read_more();
        if (state_->ended) co_return progress;
        if (!more) {
            if (timed_out_ && phase_ != Phase::idle) co_await refuse_late();
            co_return progress;
        }
        if (phase_ == Phase::idle) begin_request();
    }
}

/// False: the peer has gone.
asio::awaitable<bool> HttpConversation::let_go_ahead() {
    const ByteStream::Pieces line{asio::buffer(continue_line), asio::const_buffer{}};
    auto [failed, sent] = co_await async_write(*stream_, line, as_values);
    co_return !failed;
}

asio::awaitable<bool> HttpConversation::read_more() {
    auto [error, size] = co_await async_read_some(*stream_, reader_.prepare(), as_values);
    if (!error) reader_.commit(size);
    co_return !error && !timed_out_;
}

}  // namespace rest
