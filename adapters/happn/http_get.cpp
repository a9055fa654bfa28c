#include "adapters/happn/http_get.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <exception>
#include <memory>
#include <utility>

#include "gateway/tls/client_tls.hpp"

namespace happn {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using gateway::Errc;
using gateway::Error;

namespace {

constexpr std::size_t max_body = 10u * 1024 * 1024;
constexpr auto tokens = asio::as_tuple(asio::use_awaitable);

Error too_late() {
    return {Errc::timeout, "the mesh did not answer over HTTP in time"};
}

Error failure(boost::system::error_code error) {
    if (error == beast::error::timeout) {
        return too_late();
    }
    return {Errc::unavailable, "the mesh cannot be reached over HTTP: " + error.message()};
}

http::request<http::empty_body> get_request(const Destination& destination, const HttpQuestion& question) {
    http::request<http::empty_body> request{http::verb::get, question.target, 11};
    request.set(http::field::host, destination.authority());
    request.set(http::field::connection, "close");
    if (!question.cookie.empty()) {
        request.set(http::field::cookie, question.cookie);
    }
    return request;
}

template <typename Stream>
asio::awaitable<gateway::Result<HttpAnswer>> converse(Stream& stream,
                                                      http::request<http::empty_body> request) {
    auto [write_error, written] = co_await http::async_write(stream, request, tokens);
    if (write_error) co_return failure(write_error);
    beast::flat_buffer buffer;
    http::response_parser<http::string_body> response;
    response.body_limit(max_body);
    auto [read_error, size] = co_await http::async_read(stream, buffer, response, tokens);
    if (read_error) co_return failure(read_error);
    HttpAnswer answer;
    answer.status = static_cast<int>(response.get().result_int());
    answer.body = std::move(response.get().body());
    co_return answer;
}

asio::awaitable<gateway::Result<HttpAnswer>> fetch(Destination destination,
                                                   HttpQuestion question,
                                                   gateway::TimePoint deadline) {
    co_await asio::this_coro::throw_if_cancelled(false);
    beast::tcp_stream stream{co_await asio::this_coro::executor};
    asio::ip::tcp::resolver resolver{stream.get_executor()};
    stream.expires_at(deadline);
    const auto& [host, port] = destination.endpoint;
    auto [resolve_error, addresses] = co_await resolver.async_resolve(host, std::to_string(port), tokens);
    if (resolve_error) co_return failure(resolve_error);
    auto [connect_error, address] = co_await stream.async_connect(addresses, tokens);
    if (connect_error) co_return failure(connect_error);
    auto request = get_request(destination, question);
    if (!destination.tls) co_return co_await converse(stream, std::move(request));
    asio::ssl::stream<beast::tcp_stream&> tls{stream, *destination.tls};
    gateway::announce_server_name(tls.native_handle(), destination.server_name);
    auto [handshake_error] = co_await tls.async_handshake(asio::ssl::stream_base::client, tokens);
    if (handshake_error) {
        co_return Error{Errc::unavailable, gateway::handshake_failure(tls.native_handle(), handshake_error)};
    }
    co_return co_await converse(tls, std::move(request));
}

/// Who waits for the answer. The timer is beside the conversation: resolving a name cannot be interrupted, so
/// at the deadline nobody waits for it any longer.
struct Waiting {
    Waiting(asio::io_context& io, std::function<void(gateway::Result<HttpAnswer>)> then)
        : timer{io}, done{std::move(then)} {}

    void finish(gateway::Result<HttpAnswer> answer) {
        timer.cancel();
        if (const auto first = std::exchange(done, {})) {
            first(std::move(answer));
        }
    }

    asio::steady_timer timer;
    std::function<void(gateway::Result<HttpAnswer>)> done;
};

asio::awaitable<void> run(Destination destination,
                          HttpQuestion question,
                          gateway::TimePoint deadline,
                          std::shared_ptr<Waiting> waiting) {
    auto answer = co_await fetch(std::move(destination), std::move(question), deadline);
    waiting->finish(std::move(answer));
}

}  // namespace

void http_get(asio::io_context& io,
              const Destination& destination,
              HttpQuestion question,
              gateway::TimePoint deadline,
              std::function<void(gateway::Result<HttpAnswer>)> done) {
    const auto waiting = std::make_shared<Waiting>(io, std::move(done));
    waiting->timer.expires_at(deadline);
    waiting->timer.async_wait([waiting](boost::system::error_code error) {
        if (!error) {
            waiting->finish(too_late());
        }
    });
    asio::co_spawn(
        io, run(destination, std::move(question), deadline, waiting), [](std::exception_ptr thrown) {
            if (thrown) std::rethrow_exception(thrown);  // a handler threw: that is a bug of ours
        });
}

std::string percent_encoded(std::string_view text) {
    static constexpr std::string_view digits = "0123456789ABCDEF";
    static constexpr std::string_view kept =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    std::string out;
    for (const char c : text) {
        if (kept.find(c) != std::string_view::npos) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out.append(1, '%').append(1, digits[byte >> 4]).append(1, digits[byte & 0xF]);
        }
    }
    return out;
}

}  // namespace happn
