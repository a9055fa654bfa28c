// A TCP client that speaks bytes, for what no well-behaved client does: slices, pipelines, frames that come
// early. Blocking; one thread.
#pragma once

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace support {

namespace asio = boost::asio;

/// Headers of an upgrade (RFC 6455 section 4.1).
inline const std::string websocket_upgrade =
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// A masked frame of up to 65535 bytes (RFC 6455 section 5.2) with the mask 0, so that the payload is
/// readable.
inline std::string websocket_frame(char opcode, std::string_view payload) {
    std::string bytes{static_cast<char>(0x80 | opcode)};
    if (payload.size() < 126) {
        bytes += static_cast<char>(0x80 | payload.size());
    } else {
        bytes += static_cast<char>(0x80 | 126);
        bytes += static_cast<char>(payload.size() >> 8);
        bytes += static_cast<char>(payload.size() & 0xff);
    }
    bytes.append(4, '\0');
    return bytes.append(payload);
}

inline std::string text_frame(std::string_view payload) {
    return websocket_frame(1, payload);
}

/// A TCP client that sends what it is told and reads until the end, or until it has seen enough.
class RawClient {
public:
    /// `io`: shared by clients that are many, as each needs files of its own.
    explicit RawClient(std::uint16_t port,
                       std::shared_ptr<asio::io_context> io = std::make_shared<asio::io_context>())
        : io_{std::move(io)}, socket_{*io_} {
        socket_.connect({asio::ip::make_address("127.0.0.1"), port});
        socket_.set_option(asio::ip::tcp::no_delay{true});
    }
    /// An error is not one of the test's: the gateway may have stopped reading.
    void send(std::string_view bytes) {
        boost::system::error_code ignored;
        asio::write(socket_, asio::buffer(bytes), ignored);
    }
    std::string read_until(std::string_view end) {
        while (received_.find(end) == std::string::npos) {
            if (!read_some()) break;
        }
        return received_;
    }
    std::string read_to_end() {
        while (read_some()) {
        }
        return received_;
    }
    void close() { socket_.close(); }
    /// Nothing more is sent; answers can still be read.
    void shut_sending() {
        boost::system::error_code ignored;
        socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    }

private:
    bool read_some() {
        std::array<char, 4096> piece{};
        boost::system::error_code error;
        const auto size = socket_.read_some(asio::buffer(piece), error);
        received_.append(piece.data(), size);
        return !error;
    }
    std::shared_ptr<asio::io_context> io_;
    asio::ip::tcp::socket socket_;
    std::string received_;
};

}  // namespace support
