#include "adapters/rest/http_connection.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>

#include "adapters/rest/credentials.hpp"
#include "adapters/rest/http_status.hpp"
#include "adapters/rest/reply_box.hpp"

#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 takes the inlined operators new and delete of Asio's coroutine frames for a mismatched pair.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace rest {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using gateway::Clock;
using gateway::TimePoint;
using Parser = http::request_parser<http::string_body>;

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);

constexpr std::size_t read_ahead = 64u * 1024;      // bytes of later requests held back
constexpr std::size_t first_read = 2u * 1024;       // what most requests fit in
constexpr std::size_t kept_capacity = 16u * 1024;   // of a connection's buffers between requests
constexpr std::size_t large_body = 32u * 1024;      // is written from where it is
constexpr std::size_t linger_bytes = 1024u * 1024;  // read and thrown away after a refusal
constexpr gateway::Duration linger_time = std::chrono::seconds{2};

/// What the connection waits for, and so what happens when that takes too long.
enum class Phase { idle, head, body, answer, write, linger };

/// Why the connection goes on, or ends.
enum class Next { request, close, upgrade };

std::string_view view(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

HttpReply parse_failure(error_code error) {
    if (error == http::error::header_limit || error == http::error::buffer_overflow)
        return problem(431, "the request's head is too large");
    if (error == http::error::body_limit) return problem(413, "the request's body is too large");
    if (error == http::error::bad_version) return problem(505, "HTTP/1.1 and HTTP/1.0 are spoken here");
    return problem(400, "this is no valid HTTP request: " + error.message());
}

bool is_disconnect(error_code error) {
    return error == http::error::end_of_stream || error == http::error::partial_message ||
           error.category() != http::make_error_code(http::error::end_of_stream).category();
}

class InFlight {
public:
    explicit InFlight(ListenerState& state) : state_{state} { ++state_.active; }
    ~InFlight() { --state_.active; }
    InFlight(const InFlight&) = delete;
    InFlight& operator=(const InFlight&) = delete;

private:
    ListenerState& state_;
};

class HttpConnection final : public Connection {
public:
    HttpConnection(std::shared_ptr<ListenerState> state, tcp::socket socket)
        : state_{std::move(state)},
          socket_{std::move(socket)},
          buffer_{state_->settings.limits.http_header + read_ahead},
          box_{std::make_shared<ReplyBox>(socket_.get_executor())},
          registration_{*state_, *this} {
        buffer_.reserve(first_read);
        error_code ignored;
        const auto peer = socket_.remote_endpoint(ignored);
        ip_ = peer.address().to_string();
        port_ = peer.port();
    }

    /// The upgrade that the peer asks for; nullopt: the connection has ended.
    asio::awaitable<std::optional<gateway::UpgradeRequest>> run();

    tcp::socket take_socket() { return std::move(socket_); }
    /// A client may send its first frames without waiting for the answer to its upgrade.
    std::string take_unread() { return {static_cast<const char*>(buffer_.data().data()), buffer_.size()}; }

    void check_deadline(TimePoint now) override;
    void close_if_idle() override;
    void abort() override;

private:
    asio::awaitable<Next> serve_request();
    asio::awaitable<bool> read_body(Parser& parser);
    asio::awaitable<Next> answer_and_send(bool keep_alive);
    asio::awaitable<HttpReply> answer();
    asio::awaitable<Next> send(HttpReply reply, bool keep_alive);
    asio::awaitable<void> refuse(HttpReply reply);
    asio::awaitable<void> linger();

    std::optional<HttpReply> check_head();
    bool wants_websocket() const;
    gateway::UpgradeRequest upgrade_request() const;
    void fill_request(Parser& parser);
    void enter(Phase phase, gateway::Duration allowed) {
        phase_ = phase;
        deadline_ = Clock::now() + allowed;
    }

    std::shared_ptr<ListenerState> state_;
    tcp::socket socket_;
    beast::flat_buffer buffer_;
    std::shared_ptr<ReplyBox> box_;
    HttpRequest request_;
    ReplyFraming framing_;
    std::string out_;
    std::string ip_;
    std::uint16_t port_ = 0;
    Parser* reading_ = nullptr;  // while the head of a request is read
    Phase phase_ = Phase::idle;
    TimePoint deadline_ = TimePoint::max();
    bool timed_out_ = false;
    bool aborted_ = false;
    std::optional<gateway::UpgradeRequest> upgrade_;
    Registration registration_;
};

// --- the connection's life -----------------------------------------------------------------------

asio::awaitable<std::optional<gateway::UpgradeRequest>> HttpConnection::run() {
    co_await asio::this_coro::throw_if_cancelled(false);
    for (;;) {
        const Next next = co_await serve_request();
        if (next == Next::upgrade) co_return std::move(upgrade_);
        if (next == Next::close || state_->ended) co_return std::nullopt;
        if (buffer_.size() == 0 && buffer_.capacity() > kept_capacity) buffer_.shrink_to_fit();
        if (out_.capacity() > kept_capacity) std::string{}.swap(out_);
    }
}

asio::awaitable<Next> HttpConnection::serve_request() {
    Parser parser;
    parser.header_limit(static_cast<std::uint32_t>(state_->settings.limits.http_header));
    parser.body_limit(boost::none);  // decided when the head is known
    reading_ = &parser;
    framing_ = {};
    enter(Phase::idle, state_->settings.timeouts.idle);
    auto [error, size] = co_await http::async_read_header(socket_, buffer_, parser, as_values);
    reading_ = nullptr;
    if (state_->ended) co_return Next::close;
    if (error) {
        const bool started = timed_out_ && phase_ == Phase::head;
        if (started) {
            co_await refuse(problem(408, "the request's head took too long"));
        } else if (!timed_out_ && !is_disconnect(error)) {
            state_->metrics.count("http_bad_requests");
            co_await refuse(parse_failure(error));
        }
        co_return Next::close;
    }
    fill_request(parser);
    if (wants_websocket() && is_primus_path(request_.path()) && state_->node != nullptr) {
        if (!same_origin(request_)) {
            state_->metrics.count("websockets_refused_by_origin");
            co_await refuse(problem(403, "pages of another origin may not open websockets here"));
            co_return Next::close;
        }
        upgrade_ = upgrade_request();
        co_return Next::upgrade;
    }
    if (auto refusal = check_head()) {
        co_await refuse(*std::move(refusal));
        co_return Next::close;
    }
    if (!parser.is_done()) {
        const bool complete = co_await read_body(parser);
        if (!complete) co_return Next::close;
    }
    const Next next = co_await answer_and_send(parser.keep_alive());
    if (next == Next::close) co_await linger();
    co_return next;
}

asio::awaitable<Next> HttpConnection::answer_and_send(bool keep_alive) {
    const InFlight in_flight{*state_};
    HttpReply reply = co_await answer();
    co_return co_await send(std::move(reply), keep_alive);
}

/// False: refused, or the peer has gone.
asio::awaitable<bool> HttpConnection::read_body(Parser& parser) {
    const std::size_t limit = state_->surface->max_body(request_);
    const auto announced = parser.content_length();
    if (announced && *announced > limit) {
        co_await refuse(problem(413, "the body is larger than " + std::to_string(limit) + " bytes"));
        co_return false;
    }
    parser.body_limit(limit);
    if (has_list_element(request_.header("expect"), "100-continue") && !framing_.old_client) {
        auto [failed, sent] = co_await asio::async_write(socket_, asio::buffer(continue_line), as_values);
        if (failed) co_return false;
    }
    enter(Phase::body, state_->settings.timeouts.body);
    buffer_.reserve(std::min(read_ahead, static_cast<std::size_t>(announced ? *announced : large_body)));
    auto [error, size] = co_await http::async_read(socket_, buffer_, parser, as_values);
    if (state_->ended) co_return false;
    if (error) {
        if (timed_out_) {
            co_await refuse(problem(408, "the request's body took too long"));
        } else if (!is_disconnect(error)) {
            state_->metrics.count("http_bad_requests");
            co_await refuse(parse_failure(error));
        }
        co_return false;
    }
    fill_request(parser);
    co_return true;
}

asio::awaitable<HttpReply> HttpConnection::answer() {
    phase_ = Phase::answer;
    deadline_ = TimePoint::max();  // every way behind the surface has its own
    if (state_->active > state_->settings.limits.pending) {
        state_->metrics.count("http_overloaded");
        co_return problem(503, "too many requests at once", "Overloaded");
    }
    state_->metrics.count("http_requests");
    state_->surface->handle(request_, box_->expect());
    while (!box_->has_reply() && !aborted_) {
        auto [rung] = co_await box_->bell().async_wait(as_values);
        (void)rung;
    }
    if (aborted_) co_return problem(503, "the gateway is stopping");
    co_return box_->take();
}

asio::awaitable<Next> HttpConnection::send(HttpReply reply, bool keep_alive) {
    framing_.keep_alive = keep_alive && !state_->stopping && !state_->ended;
    out_.clear();
    const gateway::Bytes body = reply.body;
    const bool apart = body.size() > large_body && !framing_.head;
    ReplyFraming framing = framing_;
    framing.head = framing_.head || apart;
    append_reply(out_, reply, framing, state_->date.now());
    const std::string_view rest = apart ? body.view() : std::string_view{};
    const std::array<asio::const_buffer, 2> pieces{asio::buffer(out_),
                                                   asio::buffer(rest.data(), rest.size())};
    enter(Phase::write, state_->settings.timeouts.body);
    auto [error, size] = co_await asio::async_write(socket_, pieces, as_values);
    co_return error || !framing_.keep_alive ? Next::close : Next::request;
}

asio::awaitable<void> HttpConnection::refuse(HttpReply reply) {
    timed_out_ = false;
    co_await send(std::move(reply), false);
    co_await linger();
}

/// What the peer is still sending is read for a moment: closing at once would reset the connection and take
/// the reply back.
asio::awaitable<void> HttpConnection::linger() {
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    enter(Phase::linger, linger_time);
    std::array<char, 1024> trash;
    for (std::size_t total = 0; total < linger_bytes;) {
        auto [error, size] = co_await socket_.async_read_some(asio::buffer(trash), as_values);
        if (error) co_return;
        total += size;
    }
}

// --- one request ---------------------------------------------------------------------------------

/// The views live as long as the parser's message and are made again when the body is there.
void HttpConnection::fill_request(Parser& parser) {
    const auto& message = parser.get();
    request_.method = view(message.method_string());
    request_.target = view(message.target());
    request_.body = message.body();
    request_.ip = ip_;
    request_.headers.clear();
    for (const auto& field : message)
        request_.headers.push_back({view(field.name_string()), view(field.value())});
    framing_.head = request_.method == "HEAD";
    framing_.old_client = message.version() < 11;
}

bool HttpConnection::wants_websocket() const {
    return request_.method == "GET" && has_list_element(request_.header("upgrade"), "websocket") &&
           has_list_element(request_.header("connection"), "upgrade");
}

std::optional<HttpReply> HttpConnection::check_head() {
    if (wants_websocket()) return problem(404, "there is no websocket at " + std::string{request_.path()});
    if (!framing_.old_client && !request_.has_header("host"))
        return problem(400, "the Host header is missing");
    const std::string_view expect = request_.header("expect");
    if (!expect.empty() && !equal_ignoring_case(expect, "100-continue"))
        return problem(417, "only Expect: 100-continue is understood");
    return std::nullopt;
}

/// Cookies are not credentials here: a browser adds them to any page's websocket.
gateway::UpgradeRequest HttpConnection::upgrade_request() const {
    gateway::UpgradeRequest upgrade;
    upgrade.target = std::string{request_.target};
    upgrade.ip = ip_;
    upgrade.port = port_;
    for (const Header& header : request_.headers) {
        if (!equal_ignoring_case(header.name, "cookie"))
            upgrade.headers.emplace_back(lower_case(header.name), std::string{header.value});
    }
    return upgrade;
}

// --- the front door's hand on it -----------------------------------------------------------------

void HttpConnection::check_deadline(TimePoint now) {
    if (phase_ == Phase::idle && reading_ != nullptr && (reading_->got_some() || buffer_.size() > 0))
        enter(Phase::head, state_->settings.timeouts.header);
    if (now < deadline_) return;
    timed_out_ = true;
    deadline_ = TimePoint::max();
    error_code ignored;
    if (phase_ == Phase::head || phase_ == Phase::body) {
        socket_.cancel(ignored);  // the coroutine says 408
    } else {
        socket_.close(ignored);
    }
}

void HttpConnection::close_if_idle() {
    const bool between =
        phase_ == Phase::linger || (phase_ == Phase::idle && (reading_ == nullptr || !reading_->got_some()));
    if (between) abort();
}

void HttpConnection::abort() {
    aborted_ = true;
    timed_out_ = true;
    phase_ = Phase::idle;
    error_code ignored;
    socket_.close(ignored);
    box_->bell().cancel();
}

}  // namespace

asio::awaitable<void> serve_connection(std::shared_ptr<ListenerState> state, tcp::socket socket) {
    auto connection = std::make_unique<HttpConnection>(state, std::move(socket));
    auto upgrade = co_await connection->run();
    if (!upgrade) co_return;
    tcp::socket upgraded = connection->take_socket();
    std::string arrived = connection->take_unread();
    connection.reset();  // a websocket needs none of its buffers
    co_await serve_websocket(std::move(state), std::move(upgraded), std::move(arrived), *std::move(upgrade));
}

asio::awaitable<void> refuse_connection(std::shared_ptr<ListenerState> state, tcp::socket socket) {
    std::string out;
    ReplyFraming framing;
    framing.keep_alive = false;
    const HttpReply reply = problem(503, "too many connections", "Overloaded");
    append_reply(out, reply, framing, state->date.now());
    auto [error, size] = co_await asio::async_write(socket, asio::buffer(out), as_values);
    (void)error;
}

}  // namespace rest
