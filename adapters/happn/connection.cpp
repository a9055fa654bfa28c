#include "adapters/happn/connection.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "adapters/happn/websocket_codec.hpp"
#include "gateway/identity.hpp"
#include "gateway/log.hpp"
#include "gateway/payload.hpp"
#include "gateway/tls/client_tls.hpp"

namespace happn {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

namespace {

constexpr auto connect_timeout =
    std::chrono::seconds{5};  // resolving, connecting and the websocket handshake together
constexpr auto linger_timeout = std::chrono::seconds{1};  // for what is queued when we close
constexpr std::size_t first_block = 4u * 1024;            // of reading; grows while reads fill it
constexpr std::size_t largest_block = 64u * 1024;
constexpr std::size_t largest_head = 16u * 1024;  // of the answer to the upgrade
constexpr std::uint16_t normal_closure = 1000;
constexpr auto tokens = asio::as_tuple(asio::use_awaitable);

std::string sha1_base64(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
    return gateway::base64({reinterpret_cast<const char*>(digest.data()), size});
}

/// RFC 6455 section 4.2.2.
std::string accept_key(const std::string& key) {
    return sha1_base64(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
}

/// RFC 6455 section 4.1.
std::string upgrade_request(const Destination& destination, const std::string& key) {
    return "GET /primus?_primuscb=" + gateway::random_hex(4) +
           " HTTP/1.1\r\nHost: " + destination.authority() +
           "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " + key +
           "\r\nSec-WebSocket-Version: 13\r\n\r\n";
}

}  // namespace

/// One socket's life. Its coroutine and its write hold it; `owner` is null once nobody listens any more.
struct Connection::Link {
    Link(asio::io_context& io, Connection& connection, std::size_t max_message)
        : socket{io}, resolver{io}, limit{io}, decoder{max_message}, owner{&connection} {}

    void shut() {
        boost::system::error_code ignored;
        socket.close(ignored);
        resolver.cancel();
        limit.cancel();
    }

    tcp::socket socket;
    std::optional<asio::ssl::stream<tcp::socket&>> tls;  // around the socket, once it is connected
    tcp::resolver resolver;
    asio::steady_timer limit;
    WebsocketDecoder decoder;
    WebsocketEncoder encoder;
    std::string outgoing;   // frames that wait
    std::string in_flight;  // frames being written
    bool open = false;
    bool flush_posted = false;
    bool closing = false;
    bool timed_out = false;
    Connection* owner;
};

struct Connection::Wake {
    Wake(asio::io_context& io, ConnectionEvents& to) : timer{io}, events{&to} {}
    asio::steady_timer timer;
    std::optional<gateway::TimePoint> armed;
    ConnectionEvents* events;
};

namespace {

using LinkPtr = std::shared_ptr<Connection::Link>;

void start_write(const LinkPtr& link);

void finish_write(const LinkPtr& link, boost::system::error_code error) {
    link->in_flight.clear();
    if (error || (link->closing && link->outgoing.empty())) {
        link->shut();
    } else if (!link->outgoing.empty()) {
        start_write(link);
    }
}

void start_write(const LinkPtr& link) {
    std::swap(link->in_flight, link->outgoing);
    auto written = [link](boost::system::error_code error, std::size_t) { finish_write(link, error); };
    if (link->tls) {
        asio::async_write(*link->tls, asio::buffer(link->in_flight), std::move(written));
    } else {
        asio::async_write(link->socket, asio::buffer(link->in_flight), std::move(written));
    }
}

struct Transferred {
    boost::system::error_code error;
    std::size_t size = 0;
};

asio::awaitable<Transferred> read_some(LinkPtr link, asio::mutable_buffer room) {
    if (link->tls) {
        auto [error, size] = co_await link->tls->async_read_some(room, tokens);
        co_return Transferred{error, size};
    }
    auto [error, size] = co_await link->socket.async_read_some(room, tokens);
    co_return Transferred{error, size};
}

asio::awaitable<Transferred> write_all(LinkPtr link, asio::const_buffer bytes) {
    if (link->tls) {
        auto [error, size] = co_await asio::async_write(*link->tls, bytes, tokens);
        co_return Transferred{error, size};
    }
    auto [error, size] = co_await asio::async_write(link->socket, bytes, tokens);
    co_return Transferred{error, size};
}

/// Not at once: what the rest of this turn of the event loop has to send leaves in the same write.
void schedule_write(const LinkPtr& link) {
    if (link->flush_posted || !link->in_flight.empty()) {
        return;
    }
    link->flush_posted = true;
    asio::post(link->socket.get_executor(), [link] {
        link->flush_posted = false;
        if (link->in_flight.empty() && !link->outgoing.empty()) {
            start_write(link);
        }
    });
}

void limit_time(const LinkPtr& link, gateway::Duration time) {
    link->limit.expires_after(time);
    link->limit.async_wait([link](boost::system::error_code error) {
        if (!error) {
            link->timed_out = true;
            link->shut();
        }
    });
}

/// Says goodbye; the socket is closed once that is written, or soon.
void start_close(const LinkPtr& link) {
    if (link->closing) {
        return;
    }
    link->closing = true;
    if (!link->open) {
        link->shut();
        return;
    }
    link->encoder.append_close(link->outgoing, normal_closure);
    schedule_write(link);
    limit_time(link, linger_timeout);
}

bool is_end(boost::system::error_code error) {
    return error == asio::error::eof || error == asio::ssl::error::stream_truncated;
}

std::string reason(const LinkPtr& link, std::string_view step, boost::system::error_code error) {
    return std::string{step} + ": " + (link->timed_out ? "timed out" : error.message());
}

/// Empty: done; else why not.
asio::awaitable<std::string> protect(LinkPtr link, Destination destination) {
    if (!destination.tls) co_return std::string{};
    link->tls.emplace(link->socket, *destination.tls);
    gateway::announce_server_name(link->tls->native_handle(), destination.server_name);
    auto [error] = co_await link->tls->async_handshake(asio::ssl::stream_base::client, tokens);
    if (!error) co_return std::string{};
    co_return link->timed_out ? "TLS handshake: timed out"
                              : gateway::handshake_failure(link->tls->native_handle(), error);
}

/// Reads the head of the answer; what follows it belongs to the websocket. Empty: done; else why not.
asio::awaitable<std::string> read_upgrade(LinkPtr link, std::string key) {
    boost::beast::flat_buffer buffer{largest_head};
    http::response_parser<http::empty_body> response;
    while (!response.is_header_done()) {
        if (buffer.size() == largest_head) co_return "websocket handshake: the answer's head is too large";
        const auto room = buffer.prepare(std::min(first_block, largest_head - buffer.size()));
        const auto read = co_await read_some(link, asio::mutable_buffer{room.data(), room.size()});
        if (read.error) co_return reason(link, "websocket handshake", read.error);
        buffer.commit(read.size);
        boost::system::error_code error;
        buffer.consume(response.put(buffer.data(), error));
        if (error && error != http::error::need_more) co_return reason(link, "websocket handshake", error);
    }
    if (response.get().result() != http::status::switching_protocols ||
        response.get()[http::field::sec_websocket_accept] != accept_key(key)) {
        co_return "websocket handshake: refused with status " + std::to_string(response.get().result_int());
    }
    const auto room = link->decoder.prepare(buffer.size());
    asio::buffer_copy(asio::buffer(room.data(), room.size()), buffer.data());
    link->decoder.commit(buffer.size());
    co_return std::string{};
}

/// Resolves, connects, protects and upgrades. Empty: done; else why not.
asio::awaitable<std::string> establish(LinkPtr link, Destination destination) {
    limit_time(link, connect_timeout);
    const auto& [host, port] = destination.endpoint;
    auto [resolve_error, addresses] =
        co_await link->resolver.async_resolve(host, std::to_string(port), tokens);
    if (resolve_error) co_return reason(link, "cannot resolve " + host, resolve_error);
    auto [connect_error, address] = co_await asio::async_connect(link->socket, addresses, tokens);
    if (connect_error) co_return reason(link, "cannot connect", connect_error);
    boost::system::error_code ignored;
    link->socket.set_option(tcp::no_delay{true}, ignored);
    auto why = co_await protect(link, destination);
    if (!why.empty()) co_return why;

    const auto key = gateway::base64(gateway::random_hex(8));
    const auto request = upgrade_request(destination, key);
    const auto written = co_await write_all(link, asio::buffer(request));
    if (written.error) co_return reason(link, "websocket handshake", written.error);
    why = co_await read_upgrade(link, key);
    if (!why.empty()) co_return why;
    link->limit.cancel();
    link->timed_out = false;
    co_return std::string{};
}

}  // namespace

/// Where a link meets its owner.
struct Connection::Delivery {
    static void opened(const LinkPtr& link) {
        link->open = true;
        if (link->owner != nullptr) {
            link->owner->events_.on_open();
        }
    }

    static void ended(const LinkPtr& link, std::string_view why) {
        link->open = false;
        if (auto* const owner = std::exchange(link->owner, nullptr)) {
            owner->link_.reset();
            owner->events_.on_closed(why);
        }
    }

    /// Hands on what has been read. Empty: go on; else why not.
    static std::string drain(const LinkPtr& link) {
        using Event = WebsocketDecoder::Event;
        while (link->owner != nullptr && !link->closing) {
            switch (link->decoder.next()) {
                case Event::none:
                    return {};
                case Event::text:
                    link->owner->events_.on_text(link->decoder.payload());
                    break;
                case Event::ping:
                    link->encoder.append(link->outgoing, WebsocketOpcode::pong, link->decoder.payload());
                    schedule_write(link);
                    break;
                case Event::close:
                    return "closed by the mesh with code " + std::to_string(link->decoder.close_code());
                case Event::violation:
                    return "the mesh sent what is no websocket frame";
                case Event::too_large:
                    return "the mesh sent a message larger than max_message allows";
            }
        }
        return {};
    }

    static asio::awaitable<std::string> read_loop(LinkPtr link) {
        std::size_t block = first_block;
        for (;;) {
            auto why = drain(link);
            if (!why.empty()) co_return why;
            const auto room = link->decoder.prepare(block);
            const auto read = co_await read_some(link, asio::buffer(room.data(), room.size()));
            if (read.error) co_return is_end(read.error) ? "closed by the mesh" : read.error.message();
            link->decoder.commit(read.size);
            if (read.size == room.size() && block < largest_block) {
                block *= 2;
            }
        }
    }

    static asio::awaitable<void> run(LinkPtr link, Destination destination) {
        co_await asio::this_coro::throw_if_cancelled(false);
        auto why = co_await establish(link, std::move(destination));
        if (why.empty()) {
            opened(link);
            why = co_await read_loop(link);
            start_close(link);
        } else {
            link->shut();
        }
        ended(link, why);
    }
};

Connection::Connection(asio::io_context& io, ConnectionEvents& events)
    : io_{io}, events_{events}, wake_{std::make_shared<Wake>(io, events)} {}

Connection::~Connection() {
    wake_->events = nullptr;
    wake_->timer.cancel();
    if (link_) {
        link_->owner = nullptr;
        start_close(link_);
    }
}

void Connection::open(const Destination& destination) {
    link_ = std::make_shared<Link>(io_, *this, destination.max_message);
    asio::co_spawn(io_, Delivery::run(link_, destination), [link = link_](std::exception_ptr failure) {
        if (failure) {
            gateway::log::error("a happn connection ended with an exception");
            link->shut();
            Delivery::ended(link, "internal error");
        }
    });
}

void Connection::send(std::string_view text) {
    if (link_ && link_->open && !link_->closing) {
        link_->encoder.append(link_->outgoing, WebsocketOpcode::text, text);
        schedule_write(link_);
    }
}

void Connection::close() {
    if (!link_) {
        return;
    }
    start_close(link_);
    asio::post(io_, [link = link_] { Delivery::ended(link, "closed"); });
}

std::size_t Connection::backlog() const {
    return link_ ? link_->outgoing.size() + link_->in_flight.size() : 0;
}

void Connection::wake_at(std::optional<gateway::TimePoint> when) {
    if (!when) {
        wake_->armed.reset();
        wake_->timer.cancel();
        return;
    }
    if (wake_->armed && *wake_->armed <= *when) {
        return;  // it fires early, is asked again, and nothing is lost
    }
    wake_->armed = when;
    wake_->timer.expires_at(*when);
    wake_->timer.async_wait([wake = wake_](boost::system::error_code error) {
        if (!error && wake->events != nullptr) {
            wake->armed.reset();
            wake->events->on_timer();
        }
    });
}

}  // namespace happn
