#include "adapters/mqtt/handshake_check.hpp"

#include <openssl/ssl.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "adapters/mqtt/no_delay.hpp"
#include "gateway/tls/client_tls.hpp"

namespace gateway::mqtt {

namespace asio = boost::asio;
namespace ssl = asio::ssl;

namespace {

constexpr std::chrono::seconds handshake_limit{8};
constexpr std::chrono::seconds verdict_limit{1};
constexpr auto tokens = asio::as_tuple(asio::use_awaitable);

/// Of `scheme://host:port/path`.
Endpoint endpoint_of(const std::string& url) {
    const auto start = url.find("://") + 3;
    std::string authority = url.substr(start, url.find('/', start) - start);
    Endpoint endpoint{authority, port_of(url)};
    endpoint.host = authority.substr(0, authority.rfind(':'));
    if (endpoint.host.starts_with('[')) endpoint.host = endpoint.host.substr(1, endpoint.host.size() - 2);
    return endpoint;
}

struct Attempt {
    Attempt(asio::io_context& shard, std::shared_ptr<ssl::context> tls)
        : context{std::move(tls)}, resolver{shard}, stream{shard, *context}, timer{shard} {}

    std::shared_ptr<ssl::context> context;
    asio::ip::tcp::resolver resolver;
    ssl::stream<asio::ip::tcp::socket> stream;
    asio::steady_timer timer;
    bool timed_out = false;
};
using AttemptPtr = std::shared_ptr<Attempt>;

void limit(const AttemptPtr& attempt, std::chrono::seconds after) {
    attempt->timer.expires_after(after);
    attempt->timer.async_wait([attempt](const boost::system::error_code& error) {
        if (error) return;
        attempt->timed_out = true;
        attempt->resolver.cancel();
        boost::system::error_code ignored;
        attempt->stream.next_layer().close(ignored);
    });
}

void offer(SSL* connection, const std::vector<std::string>& protocols) {
    std::string list;  // each with its length in front (RFC 7301 section 3.1)
    for (const auto& protocol : protocols)
        list.append(1, static_cast<char>(protocol.size())).append(protocol);
    SSL_set_alpn_protos(
        connection, reinterpret_cast<const unsigned char*>(list.data()), static_cast<unsigned>(list.size()));
}

/// With TLS 1.3 the server looks at our certificate only after the handshake (RFC 8446 section 4.4.2).
asio::awaitable<std::string> verdict(AttemptPtr attempt) {
    limit(attempt, verdict_limit);
    std::array<char, 1> byte{};
    auto [error, size] = co_await attempt->stream.async_read_some(asio::buffer(byte), tokens);
    if (error.category() != asio::error::get_ssl_category()) co_return std::string{};
    co_return "TLS: " + error.message();
}

asio::awaitable<std::string> failure(AttemptPtr attempt, Endpoint endpoint, std::vector<std::string> alpn) {
    limit(attempt, handshake_limit);
    auto [unresolved, addresses] =
        co_await attempt->resolver.async_resolve(endpoint.host, std::to_string(endpoint.port), tokens);
    if (unresolved) co_return std::string{};
    auto [unconnected, address] =
        co_await asio::async_connect(attempt->stream.next_layer(), addresses, tokens);
    if (unconnected) co_return std::string{};
    SSL* const connection = attempt->stream.native_handle();
    announce_server_name(connection, endpoint.host);
    if (!alpn.empty()) offer(connection, alpn);
    auto [error] = co_await attempt->stream.async_handshake(ssl::stream_base::client, tokens);
    if (attempt->timed_out) co_return "TLS handshake: timed out";
    if (error) co_return handshake_failure(connection, error);
    co_return co_await verdict(attempt);
}

}  // namespace

HandshakeCheck::HandshakeCheck(asio::io_context& shard, const BrokerSettings& settings)
    : shard_{shard}, endpoint_{endpoint_of(settings.url)}, alpn_{settings.tls.alpn} {
    if (over_tls(settings))
        context_ = client_tls(settings.tls, endpoint_.host, "brokers." + settings.name + ".tls");
}

void HandshakeCheck::run(std::function<void(std::string)> done) const {
    if (!context_) return done({});
    auto attempt = std::make_shared<Attempt>(shard_, context_);
    asio::co_spawn(shard_,
                   failure(attempt, endpoint_, alpn_),
                   [attempt, done = std::move(done)](std::exception_ptr thrown, std::string why) {
                       attempt->timer.cancel();
                       done(thrown ? std::string{} : std::move(why));
                   });
}

}  // namespace gateway::mqtt
