// A websocket of the happn node or of a stream: Beast for handshake, reading, control frames and limits; data
// frames are written beside it through the gathering stream (RFC 6455 section 5.2; a server's frames are not
// masked).
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>

#include "adapters/rest/gathering_stream.hpp"

#include <boost/beast/websocket/stream.hpp>
#include <exception>
#include <utility>

#include "adapters/rest/http_connection.hpp"
#include "adapters/rest/http_status.hpp"

#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 takes the inlined operators new and delete of Asio's coroutine frames for a mismatched pair.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace rest {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using gateway::Clock;
using gateway::TimePoint;

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);

constexpr std::size_t kept_capacity = 4u * 1024;  // of the read buffer between frames
constexpr gateway::Duration closing_time =
    std::chrono::seconds{5};  // for what is queued and the peer's own close

/// Length field of a frame (RFC 6455 section 5.2): 7, 7+16 or 7+64 bits.
std::string_view frame_head(std::size_t size, std::array<char, 10>& head) {
    constexpr char final_text = static_cast<char>(0x81);
    const auto byte = [size](unsigned shift) { return static_cast<char>((size >> shift) & 0xffU); };
    head[0] = final_text;
    if (size < 126) {
        head[1] = static_cast<char>(size);
        return {head.data(), 2};
    }
    const std::size_t bytes = size <= 0xffff ? 2 : 8;
    head[1] = bytes == 2 ? static_cast<char>(126) : static_cast<char>(127);
    for (std::size_t i = 0; i < bytes; ++i)
        head[2 + i] = byte(static_cast<unsigned>(8 * (bytes - 1 - i)));
    return {head.data(), 2 + bytes};
}

void log_answer(const Upgrade& upgrade, int status, std::size_t bytes) {
    if (upgrade.access) log_access(*upgrade.access, status, bytes);
}

enum class Stage {
    opening,  // the handshake is not done: frames are kept
    open,
    closing,  // we have said goodbye, or will when the handshake is done
    over,     // nothing is sent any more
};

class WebsocketConnection final : public Connection, public gateway::WebsocketLink {
public:
    WebsocketConnection(std::shared_ptr<ListenerState> state,
                        std::unique_ptr<ByteStream> stream,
                        std::string arrived)
        : state_{std::move(state)},
          stream_{GatheringStream{std::move(stream), std::move(arrived)}},
          bell_{stream_.get_executor()},
          registration_{*state_, *this} {}

    ~WebsocketConnection() override {
        stream_.next_layer().on_written({});
        if (leaving_) --state_->active;
    }

    asio::awaitable<void> run(Upgrade upgrade);

    void send(gateway::Bytes text) override;
    std::size_t backlog() const override { return early_bytes_ + stream_.next_layer().backlog(); }
    void ping() override;
    void close(std::uint16_t code) override;

    void check_deadline(TimePoint now) override;
    void close_if_idle() override {}
    void abort() override;

private:
    asio::awaitable<bool> accept(const Upgrade& upgrade);
    asio::awaitable<void> read_loop();
    asio::awaitable<void> finish();
    asio::awaitable<void> drain();
    asio::awaitable<void> refuse(const Upgrade& upgrade);
    asio::awaitable<void> say_goodbye(std::uint16_t code);
    void start_goodbye();
    void write(std::string_view text);

    std::shared_ptr<ListenerState> state_;
    websocket::stream<GatheringStream, false> stream_;
    asio::steady_timer bell_;  // rung when something that finish() waits for has ended
    std::unique_ptr<gateway::WebsocketPeer> peer_;
    std::vector<gateway::Bytes> early_;  // sent before the handshake was done
    std::size_t early_bytes_ = 0;
    TimePoint deadline_ = TimePoint::max();
    Stage stage_ = Stage::opening;
    std::uint16_t close_code_ = 0;
    std::size_t max_incoming_ = 0;
    bool saying_goodbye_ = false;
    bool leaving_ = false;  // counted as active: a stopping gateway lets it say goodbye
    Registration registration_;
};

asio::awaitable<void> WebsocketConnection::run(Upgrade upgrade) {
    co_await asio::this_coro::throw_if_cancelled(false);
    if (state_->ended) co_return;
    max_incoming_ = upgrade.acceptor->max_frame_bytes();
    peer_ = upgrade.acceptor->open(*this, upgrade.request);
    if (!peer_) {
        co_await refuse(upgrade);
        co_return;
    }
    stream_.next_layer().on_written([this] {
        if (peer_) peer_->on_written();
    });
    const bool accepted = co_await accept(upgrade);
    if (accepted && peer_) {
        state_->metrics.count("websockets");
        co_await read_loop();
    }
    stage_ = Stage::over;
    peer_.reset();
    co_await finish();
}

asio::awaitable<bool> WebsocketConnection::accept(const Upgrade& upgrade) {
    websocket::stream_base::timeout timeouts{};
    timeouts.handshake_timeout = closing_time;
    timeouts.idle_timeout = websocket::stream_base::none();  // happn has its own keepalive
    timeouts.keep_alive_pings = false;
    stream_.set_option(timeouts);
    stream_.read_message_max(max_incoming_);
    stream_.auto_fragment(false);
    stream_.control_callback([this](websocket::frame_type kind, std::string_view) {
        if (kind == websocket::frame_type::pong && peer_) peer_->on_pong();
    });
    stream_.set_option(websocket::stream_base::decorator([&upgrade](websocket::response_type& response) {
        response.set(http::field::server, "happn-gateway");
        log_answer(upgrade, static_cast<int>(response.result_int()), response.body().size());
    }));
    http::request<http::empty_body> request{http::verb::get, upgrade.request.target, 11};
    for (const auto& [name, value] : upgrade.request.headers)
        request.insert(name, value);
    auto [error] = co_await stream_.async_accept(request, as_values);
    if (error) co_return false;
    for (const gateway::Bytes& text : early_)
        write(text.view());
    std::vector<gateway::Bytes>{}.swap(early_);
    early_bytes_ = 0;
    if (stage_ == Stage::opening) stage_ = Stage::open;
    if (stage_ == Stage::closing) start_goodbye();
    co_return true;
}

asio::awaitable<void> WebsocketConnection::read_loop() {
    beast::flat_buffer buffer;
    for (;;) {
        auto [error, size] = co_await stream_.async_read(buffer, as_values);
        if (!peer_) co_return;
        if (error) {
            if (error == websocket::error::message_too_big) state_->metrics.count("websocket_frames_too_big");
            co_return;
        }
        if (stream_.got_text() && stage_ == Stage::open)
            peer_->on_text({static_cast<const char*>(buffer.data().data()), buffer.size()});
        buffer.consume(buffer.size());
        if (buffer.capacity() > kept_capacity) buffer.shrink_to_fit();
    }
}

/// Gives what is queued a moment to leave, then closes the socket.
asio::awaitable<void> WebsocketConnection::finish() {
    deadline_ = Clock::now() + closing_time;
    GatheringStream& gathered = stream_.next_layer();
    gathered.on_written([this] { bell_.cancel(); });
    bell_.expires_at(TimePoint::max());
    while (saying_goodbye_ || (gathered.backlog() > 0 && !gathered.failed())) {
        auto [rung] = co_await bell_.async_wait(as_values);
        (void)rung;
    }
    gathered.on_written({});
    if (!gathered.failed()) co_await drain();
    gathered.close();
}

/// Closing with bytes unread would reset the connection, and the peer would miss why it was closed.
asio::awaitable<void> WebsocketConnection::drain() {
    ByteStream& stream = stream_.next_layer().bytes();
    auto [shut, none] = co_await async_shutdown_send(stream, as_values);
    if (shut) co_return;
    std::array<char, 1024> trash;
    for (;;) {
        auto [error, size] = co_await async_read_some(stream, asio::buffer(trash), as_values);
        if (error) co_return;
    }
}

asio::awaitable<void> WebsocketConnection::refuse(const Upgrade& upgrade) {
    ReplyFraming framing;
    framing.keep_alive = false;
    const HttpReply reply = problem(503, "the happn node takes no more clients", "Overloaded");
    log_answer(upgrade, reply.status, reply.body.size());
    std::string out;
    append_reply(out, reply, framing, state_->date.now());
    stream_.next_layer().append(out);
    co_await finish();
}

// --- the sending half ----------------------------------------------------------------------------

void WebsocketConnection::send(gateway::Bytes text) {
    if (stage_ == Stage::open) {
        write(text.view());
    } else if (stage_ == Stage::opening) {
        early_bytes_ += text.size();
        early_.push_back(std::move(text));
    }
}

void WebsocketConnection::write(std::string_view text) {
    if (!stream_.is_open()) return;  // the peer has closed: nothing follows a close frame
    std::array<char, 10> head{};
    stream_.next_layer().append(frame_head(text.size(), head));
    stream_.next_layer().append(text);
}

void WebsocketConnection::ping() {
    constexpr std::string_view empty_ping{"\x89\x00", 2};
    if (stage_ == Stage::open && stream_.is_open()) stream_.next_layer().append(empty_ping);
}

void WebsocketConnection::close(std::uint16_t code) {
    if (stage_ == Stage::closing || stage_ == Stage::over) return;
    if (!std::exchange(leaving_, true)) ++state_->active;
    const bool open = stage_ == Stage::open;
    stage_ = Stage::closing;
    close_code_ = code;
    if (open) start_goodbye();
}

void WebsocketConnection::start_goodbye() {
    saying_goodbye_ = true;
    deadline_ = Clock::now() + closing_time;
    asio::co_spawn(stream_.get_executor(), say_goodbye(close_code_), [this](const std::exception_ptr&) {
        saying_goodbye_ = false;
        bell_.cancel();
    });
}

asio::awaitable<void> WebsocketConnection::say_goodbye(std::uint16_t code) {
    const websocket::close_reason reason{static_cast<websocket::close_code>(code)};
    auto [error] = co_await stream_.async_close(reason, as_values);
    (void)error;
}

void WebsocketConnection::check_deadline(TimePoint now) {
    if (peer_) peer_->on_tick(now);
    if (now < deadline_) return;
    deadline_ = TimePoint::max();
    stream_.next_layer().close();
    bell_.cancel();
}

/// The peer goes at once: who aborts may not live until the coroutine notices.
void WebsocketConnection::abort() {
    stage_ = Stage::over;
    peer_.reset();
    stream_.next_layer().close();
    bell_.cancel();
}

}  // namespace

asio::awaitable<void> serve_websocket(std::shared_ptr<ListenerState> state,
                                      std::unique_ptr<ByteStream> stream,
                                      std::string arrived,
                                      Upgrade upgrade) {
    auto connection =
        std::make_unique<WebsocketConnection>(std::move(state), std::move(stream), std::move(arrived));
    co_await connection->run(std::move(upgrade));
}

}  // namespace rest
