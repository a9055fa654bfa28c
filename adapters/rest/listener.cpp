#include "adapters/rest/listener.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "adapters/rest/http_connection.hpp"
#include "adapters/rest/proxy_header.hpp"
#include "adapters/rest/tcp_stream.hpp"
#include "adapters/rest/tls_stream.hpp"

#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 takes the inlined operators new and delete of Asio's coroutine frames for a mismatched pair.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace rest {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using gateway::Clock;
using gateway::TimePoint;

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);

class Opening final : public Connection {
public:
    Opening(std::shared_ptr<ListenerState> state,
            std::shared_ptr<Listener> listener,
            tcp::socket socket,
            Peer peer)
        : state_{std::move(state)},
          listener_{std::move(listener)},
          socket_{std::move(socket)},
          peer_{std::move(peer)},
          deadline_{Clock::now() + state_->settings.timeouts.header},
          registration_{*state_, *this} {}

    /// False: the connection ends here, see refused().
    asio::awaitable<bool> run();

    /// Does its client have more connections than it may? Then it can be told so if no TLS is in between.
    bool refused() const { return admission_ && !*admission_; }
    bool is_plain() const { return !listener_->certificate; }

    std::unique_ptr<ByteStream> take_stream() {
        return tls_ ? std::unique_ptr<ByteStream>{std::move(tls_)} : tcp_stream(std::move(socket_));
    }
    Peer take_peer() { return std::move(peer_); }
    std::unique_ptr<const Admission> take_admission() { return std::move(admission_); }

    void check_deadline(TimePoint now) override {
        if (now >= deadline_) abort();
    }
    void close_if_idle() override { abort(); }
    void abort() override {
        error_code ignored;
        closed_ = true;
        tls_ ? tls_->close() : (void)socket_.close(ignored);
    }

private:
    asio::awaitable<bool> read_proxy_header();
    asio::awaitable<bool> shake_hands();
    bool admit();

    std::shared_ptr<ListenerState> state_;
    std::shared_ptr<Listener> listener_;
    tcp::socket socket_;
    Peer peer_;
    std::unique_ptr<const Admission> admission_;
    std::unique_ptr<TlsStream> tls_;
    TimePoint deadline_;
    bool closed_ = false;
    Registration registration_;
};

asio::awaitable<bool> Opening::run() {
    if (!admit()) co_return false;
    if (listener_->proxy_protocol) {
        const bool announced = co_await read_proxy_header();
        if (!announced || closed_ || !admit()) co_return false;
    }
    if (listener_->certificate) {
        const bool safe = co_await shake_hands();
        if (!safe || closed_) co_return false;
    }
    co_return true;
}

/// Whom the connection counts for: the peer, and as soon as a proxy has named it, its client.
bool Opening::admit() {
    admission_.reset();
    admission_ = std::make_unique<const Admission>(state_, peer_.ip);
    if (!*admission_) state_->metrics.count("connections_refused_per_client");
    return !refused();
}

/// Looks before it takes, as what follows the header belongs to TLS or HTTP.
asio::awaitable<bool> Opening::read_proxy_header() {
    if (!gateway::contains(state_->door.proxies.trusted, peer_.ip)) {
        state_->metrics.count("proxy_headers_refused");
        co_return false;
    }
    std::string header;
    for (;;) {
        auto [failed] = co_await socket_.async_wait(tcp::socket::wait_read, as_values);
        if (failed || closed_) co_return false;
        std::array<char, 256> piece{};
        error_code error;
        const auto seen = socket_.receive(asio::buffer(piece), tcp::socket::message_peek, error);
        if (error || seen == 0) co_return false;
        const std::size_t before = header.size();
        header.append(piece.data(), seen);
        const ProxyHeader parsed = parse_proxy_header(header);
        if (parsed.verdict == ProxyHeader::Verdict::malformed || header.size() > max_proxy_header) {
            state_->metrics.count("proxy_headers_refused");
            co_return false;
        }
        const bool complete = parsed.verdict == ProxyHeader::Verdict::complete;
        const std::size_t used = complete ? parsed.size - before : seen;
        socket_.receive(asio::buffer(piece.data(), used), 0, error);
        if (error) co_return false;
        if (!complete) continue;
        if (parsed.source) {
            peer_.ip = parsed.source->ip;
            peer_.port = parsed.source->port;
        }
        co_return true;
    }
}

asio::awaitable<bool> Opening::shake_hands() {
    tls_ = tls_stream(std::move(socket_), listener_->certificate->context());
    auto [error, none] = co_await async_handshake(*tls_, as_values);
    peer_.tls = true;
    if (state_->ended) co_return false;
    if (error) state_->metrics.count("tls_handshakes_failed");
    co_return !error;
}

}  // namespace

asio::awaitable<void> open_connection(std::shared_ptr<ListenerState> state,
                                      std::shared_ptr<Listener> listener,
                                      tcp::socket socket,
                                      Peer peer) {
    co_await asio::this_coro::throw_if_cancelled(false);
    auto opening = std::make_unique<Opening>(state, std::move(listener), std::move(socket), std::move(peer));
    const bool opened = co_await opening->run();
    const bool told = opening->refused() && opening->is_plain();
    if (state->ended || (!opened && !told)) co_return;
    auto stream = opening->take_stream();
    Peer client = opening->take_peer();
    auto admission = opening->take_admission();
    opening.reset();
    if (told) {
        co_await refuse_connection(std::move(state), std::move(stream), std::move(client));
    } else {
        co_await serve_admitted(std::move(state), std::move(stream), std::move(client), std::move(admission));
    }
}

}  // namespace rest
