// The client's half of RFC 6455 framing, without I/O: bytes in, text messages out, and frames to write. Beast
// does the opening handshake; framing is done here so that one read of a large block can hold many messages,
// and all messages that wait leave in one write - Beast makes one socket call for each. No extensions: happn
// servers accept none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>

namespace happn {

enum class WebsocketOpcode : std::uint8_t {
    continuation = 0x0,
    text = 0x1,
    binary = 0x2,
    close = 0x8,
    ping = 0x9,
    pong = 0xA,
};

/// Appends masked frames (section 5.3) to a buffer.
class WebsocketEncoder {
public:
    WebsocketEncoder() : random_{std::random_device{}()} {}
    void append(std::string& out, WebsocketOpcode opcode, std::string_view payload);
    /// The close frame with a status code (section 7.4.1).
    void append_close(std::string& out, std::uint16_t code);

private:
    std::mt19937 random_;
};

class WebsocketDecoder {
public:
    enum class Event : std::uint8_t {
        none,       // more bytes are needed
        text,       // a whole message; fragments are joined
        ping,       // to be answered with a pong of the same payload
        close,      // the server closes; the payload is its code and reason
        violation,  // not RFC 6455: give the connection up
        too_large,  // a message above the limit: the same
    };

    /// `max_message`: bytes.
    explicit WebsocketDecoder(std::size_t max_message) : max_message_{max_message} {}

    /// Room for at least `size` more bytes; commit() says how many were written into it. Ends the life of
    /// payload().
    std::span<char> prepare(std::size_t size);
    void commit(std::size_t size);

    /// The next thing in what has been committed. Binary messages and pongs are skipped.
    Event next();
    /// Of the last text, ping or close; valid until the next call of next() or prepare().
    std::string_view payload() const { return payload_; }
    std::uint16_t close_code() const;

private:
    struct Header {
        bool final = false;
        bool reserved_or_masked = false;
        WebsocketOpcode opcode = WebsocketOpcode::text;
        std::size_t size = 0;
        std::size_t length = 0;  // of the payload
    };

    std::optional<Header> read_header() const;
    /// Of a frame, before its payload has come: none if it may come.
    Event refusal_of(const Header& header) const;
    Event take(const Header& header);
    Event take_fragment(const Header& header);
    std::string_view unread() const { return std::string_view{buffer_}.substr(begin_, end_ - begin_); }

    std::size_t max_message_;
    std::string buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::string fragments_;
    std::optional<WebsocketOpcode> fragmented_;
    std::string_view payload_;
};

}  // namespace happn
