#include "adapters/rest/http_connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>

#include "adapters/rest/admission.hpp"
#include "adapters/rest/body_judge.hpp"
#include "adapters/rest/current_request.hpp"
#include "adapters/rest/http_status.hpp"
#include "adapters/rest/node_websockets.hpp"
#include "adapters/rest/reply_box.hpp"
#include "adapters/rest/reply_sender.hpp"
#include "adapters/rest/request_head.hpp"
#include "adapters/rest/request_reader.hpp"
#include "adapters/rest/streams/stream_body.hpp"
#include "adapters/rest/streams/stream_socket.hpp"
#include "adapters/rest/websocket_upgrade.hpp"

#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 takes the inlined operators new and delete of Asio's coroutine frames for a mismatched pair.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace rest {
namespace {

namespace asio = boost::asio;
using gateway::Clock;
using gateway::TimePoint;
using Progress = RequestReader::Progress;

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);

constexpr gateway::Duration linger_time = std::chrono::seconds{2};  // of reading on after a refusal

/// What the connection waits for, and so what happens when that takes too long.
enum class Phase { idle, head, body, answer, write, stream, drain, linger };

/// Why the connection goes on, or ends.
enum class Next { request, close, upgrade };

class HttpConnection final : public Connection {
public:
    HttpConnection(std::shared_ptr<ListenerState> state, std::unique_ptr<ByteStream> stream, Peer peer)
        : state_{std::move(state)},
          stream_{std::move(stream)},
          reader_{state_->settings.limits.http_header},
          sender_{*state_, *stream_},
          box_{std::make_shared<ReplyBox>(stream_->get_executor())},
          request_{*state_, std::move(peer)},
          answer_share_{state_->answers, [this] { give_up_answer(); }},
          registration_{*state_, *this} {}

    /// The upgrade that the peer asks for; nullopt: the connection has ended.
    asio::awaitable<std::optional<Upgrade>> run();

    std::unique_ptr<ByteStream> take_stream() { return std::move(stream_); }
    /// A client may send its first frames without waiting for the answer to its upgrade.
    std::string take_unread() { return reader_.take_unread(); }

    void check_deadline(TimePoint now) override;
    void close_if_idle() override;
    void abort() override;

private:
    asio::awaitable<Next> serve_request();
    asio::awaitable<bool> read_head();
    asio::awaitable<std::optional<Next>> read_body();
    asio::awaitable<Next> refuse_body(HttpReply refusal);
    asio::awaitable<bool> drain_body();
    asio::awaitable<Progress> read(Progress (RequestReader::*part)(HttpRequest&));
    asio::awaitable<bool> let_go_ahead();
    asio::awaitable<bool> read_more();
    asio::awaitable<Next> answer_and_send();
    asio::awaitable<HttpReply> answer();
    asio::awaitable<Next> send(HttpReply reply);
    asio::awaitable<Next> send_stream(HttpReply reply);
    asio::awaitable<void> refuse(HttpReply reply);
    HttpReply unless_too_large(HttpReply reply) const;
    asio::awaitable<void> refuse_late();
    asio::awaitable<void> refuse_unreadable();
    asio::awaitable<void> linger();

    void begin_request();
    void let_go_of_body();
    void forget_body();
    std::optional<HttpReply> check_upgrade();
    bool waits_for_us() const;
    void give_up_answer();
    HttpReply for_pages(HttpReply reply) const;
    bool may_go_on() const;
    void enter(Phase phase, gateway::Duration allowed) {
        phase_ = phase;
        deadline_ = Clock::now() + allowed;
    }

    std::shared_ptr<ListenerState> state_;
    std::unique_ptr<ByteStream> stream_;
    RequestReader reader_;
    ReplySender sender_;
    std::shared_ptr<ReplyBox> box_;
    CurrentRequest request_;
    BodyJudge body_judge_{*state_};
    BytePool::Share answer_share_;
    ReplyFraming framing_;
    Phase phase_ = Phase::idle;
    TimePoint deadline_ = TimePoint::max();
    bool timed_out_ = false;
    bool aborted_ = false;
    std::optional<StreamBody> body_;  // of a reply that is a stream
    std::optional<Upgrade> upgrade_;
    Registration registration_;
};

// --- the connection's life -----------------------------------------------------------------------

asio::awaitable<std::optional<Upgrade>> HttpConnection::run() {
    co_await asio::this_coro::throw_if_cancelled(false);
    for (;;) {
        const Next next = co_await serve_request();
        if (next == Next::upgrade) co_return std::move(upgrade_);
        if (next == Next::close || state_->ended) co_return std::nullopt;
        reader_.rest();
        sender_.rest();
    }
}

asio::awaitable<Next> HttpConnection::serve_request() {
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

/// False: refused, or the peer has gone.
asio::awaitable<bool> HttpConnection::read_head() {
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
asio::awaitable<std::optional<Next>> HttpConnection::read_body() {
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

/// Says no before the body is there. One that is short, and on its way, is read all the same: the connection
/// may go on after it.
asio::awaitable<Next> HttpConnection::refuse_body(HttpReply refusal) {
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
asio::awaitable<bool> HttpConnection::drain_body() {
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
asio::awaitable<Progress> HttpConnection::read(Progress (RequestReader::*part)(HttpRequest&)) {
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
asio::awaitable<bool> HttpConnection::let_go_ahead() {
    const ByteStream::Pieces line{asio::buffer(continue_line), asio::const_buffer{}};
    auto [failed, sent] = co_await async_write(*stream_, line, as_values);
    co_return !failed;
}

asio::awaitable<bool> HttpConnection::read_more() {
    auto [error, size] = co_await async_read_some(*stream_, reader_.prepare(), as_values);
    if (!error) reader_.commit(size);
    co_return !error && !timed_out_;
}

asio::awaitable<Next> HttpConnection::answer_and_send() {
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
asio::awaitable<HttpReply> HttpConnection::answer() {
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
asio::awaitable<Next> HttpConnection::send(HttpReply reply) {
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
HttpReply HttpConnection::unless_too_large(HttpReply reply) const {
    if (state_->answers.can_ever_hold(reply.body.size())) return reply;
    if (!state_->ended) state_->metrics.count("http_answers_too_large");
    return for_pages(problem(507, "the answer is larger than all answers may be together"));
}

/// Writes a reply that goes on as long as its stream does, and with it the connection.
asio::awaitable<Next> HttpConnection::send_stream(HttpReply reply) {
    framing_.keep_alive = false;
    body_.emplace(*stream_, std::move(reply.stream), !framing_.old_client, state_->metrics);
    const Next head = co_await send(std::move(reply));
    (void)head;
    phase_ = Phase::stream;
    deadline_ = TimePoint::max();
    co_await body_->send(state_->settings.timeouts.body);
    body_.reset();
    forget_body();
    co_return Next::close;
}

/// The last reply of a connection that cannot go on.
asio::awaitable<void> HttpConnection::refuse(HttpReply reply) {
    timed_out_ = false;
    forget_body();
    framing_.keep_alive = false;
    co_await send(for_pages(std::move(reply)));
    co_await linger();
}

asio::awaitable<void> HttpConnection::refuse_late() {
    state_->metrics.count("http_timeouts");
    const std::string part = phase_ == Phase::head ? "head" : "body";
    co_await refuse(problem(408, "the request's " + part + " took too long"));
}

asio::awaitable<void> HttpConnection::refuse_unreadable() {
    state_->metrics.count("http_bad_requests");
    co_await refuse(reader_.refusal());
}

/// What the peer is still sending is read for a moment, and thrown away: closing at once would reset the
/// connection and take the reply back (RFC 9112 section 9.6).
asio::awaitable<void> HttpConnection::linger() {
    enter(Phase::linger, linger_time);
    auto [shut, none] = co_await async_shutdown_send(*stream_, as_values);
    if (shut) co_return;
    (void)reader_.take_unread();
    for (;;) {
        auto [error, size] = co_await async_read_some(*stream_, reader_.prepare(), as_values);
        if (error) co_return;
    }
}

// --- one request ---------------------------------------------------------------------------------

void HttpConnection::begin_request() {
    request_.begin();
    enter(Phase::head, state_->settings.timeouts.header);
}

/// Who is to answer has copied what he needs: that counts as it did here.
void HttpConnection::let_go_of_body() {
    request_.http().body = {};
    reader_.forget_body();
}

/// Nobody has it any more.
void HttpConnection::forget_body() {
    let_go_of_body();
    body_judge_.end();
}

/// Does the client keep its body until it is asked for it?
bool HttpConnection::waits_for_us() const {
    return waits_for_go_ahead(request_.http()) && !framing_.old_client && !reader_.has_unread();
}

/// A page of another origin that may read the route's answers reads the connection's own as well.
HttpReply HttpConnection::for_pages(HttpReply reply) const {
    if (!state_->ended && !request_.http().method.empty())
        state_->surface->open_to_page(request_.http(), reply);
    return reply;
}

bool HttpConnection::may_go_on() const {
    return reader_.keep_alive() && !state_->stopping && !state_->ended &&
           request_.number() < state_->door.clients.requests_per_connection;
}

/// A reply refuses it; otherwise upgrade_ is set if the request is one for the node.
std::optional<HttpReply> HttpConnection::check_upgrade() {
    request_.http().wants_websocket = wants_websocket(request_.http()) && !reader_.is_old();
    if (!is_for_node(request_.http())) return std::nullopt;
    if (auto refusal = refusal_of_upgrade(*state_, request_.http(), reader_.has_body())) return refusal;
    upgrade_ = Upgrade{upgrade_of(request_.http(), request_.peer_port()),
                       {std::shared_ptr<void>{}, state_->node},
                       request_.access()};
    return std::nullopt;
}

// --- the front door's hand on it -----------------------------------------------------------------

void HttpConnection::check_deadline(TimePoint now) {
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

void HttpConnection::close_if_idle() {
    if (phase_ == Phase::idle || phase_ == Phase::drain || phase_ == Phase::linger) abort();
}

/// The others need the room: this client has taken longest over its answer.
void HttpConnection::give_up_answer() {
    if (!state_->ended) state_->metrics.count("http_answers_dropped");
    stream_->close();
}

void HttpConnection::abort() {
    aborted_ = true;
    timed_out_ = true;
    phase_ = Phase::idle;
    stream_->close();
    if (body_) body_->stop();
    box_->bell().cancel();
}

}  // namespace

asio::awaitable<void> serve_admitted(std::shared_ptr<ListenerState> state,
                                     std::unique_ptr<ByteStream> stream,
                                     Peer peer,
                                     std::unique_ptr<const Admission> admission) {
    const auto place = std::move(admission);
    auto connection = std::make_unique<HttpConnection>(state, std::move(stream), std::move(peer));
    auto upgrade = co_await connection->run();
    if (!upgrade) co_return;
    auto upgraded = connection->take_stream();
    std::string arrived = connection->take_unread();
    connection.reset();  // a websocket needs none of its buffers
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
