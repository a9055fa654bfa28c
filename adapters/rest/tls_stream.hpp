// A TLS connection, as its server, as a byte stream. Shard's thread.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "adapters/rest/byte_stream.hpp"
#include "adapters/rest/server_certificate.hpp"

namespace rest {

class TlsStream : public ByteStream {
public:
    /// Once, before anything else.
    virtual void handshake(IoHandler done) = 0;
};

/// Later certificates do not touch it.
std::unique_ptr<TlsStream> tls_stream(boost::asio::ip::tcp::socket socket, TlsContext& context);

template <typename Token>
auto async_handshake(TlsStream& stream, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [&stream](auto&& handler) { stream.handshake(IoHandler{std::forward<decltype(handler)>(handler)}); },
        token);
}

}  // namespace rest
