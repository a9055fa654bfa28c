// A connection's bytes, whatever carries them: TCP, TLS, or the memory of a test. HTTP and websockets are
// compiled once, over this; it costs a virtual call and a small allocation an operation. Owned by its
// connection; shard's thread. At most one read and one write at a time; the completion never runs inside the
// call that asked for it. The stream, and the buffers, must live until the completion has run.
#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace rest {

/// Who waits for an operation: any `void(error_code, size)`, movable only, called once.
class IoHandler {
public:
    template <typename Handler>
    requires(!std::is_same_v<std::decay_t<Handler>, IoHandler>) explicit IoHandler(Handler&& handler)
        : waiting_{std::make_unique<WaitingFor<std::decay_t<Handler>>>(std::forward<Handler>(handler))} {}

    void operator()(boost::system::error_code error, std::size_t size) {
        const auto waiting = std::move(waiting_);
        waiting->finish(error, size);
    }

private:
    struct Waiting {
        virtual ~Waiting() = default;
        virtual void finish(boost::system::error_code error, std::size_t size) = 0;
    };
    template <typename Handler>
    struct WaitingFor final : Waiting {
        explicit WaitingFor(Handler wanted) : handler{std::move(wanted)} {}
        void finish(boost::system::error_code error, std::size_t size) override {
            std::move(handler)(error, size);
        }
        Handler handler;
    };
    std::unique_ptr<Waiting> waiting_;
};

class ByteStream {
public:
    using Pieces = std::array<boost::asio::const_buffer, 2>;

    ByteStream() = default;
    virtual ~ByteStream() = default;
    ByteStream(const ByteStream&) = delete;
    ByteStream& operator=(const ByteStream&) = delete;

    virtual boost::asio::any_io_executor get_executor() = 0;

    /// At least one byte, or an error: `asio::error::eof` once the peer has shut its sending side.
    virtual void read_some(boost::asio::mutable_buffer to, IoHandler done) = 0;
    /// All of the pieces, in order, or an error.
    virtual void write(const Pieces& pieces, IoHandler done) = 0;
    /// Says that nothing more follows. What the peer still sends can be read after it, to be thrown away.
    virtual void shutdown_send(IoHandler done) = 0;

    /// Operations under way end with `operation_aborted`; the stream can be used on.
    virtual void cancel() = 0;
    /// The same for good, without a goodbye.
    virtual void close() = 0;
};

template <typename Token>
auto async_read_some(ByteStream& stream, boost::asio::mutable_buffer to, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [&stream, to](auto&& handler) {
            stream.read_some(to, IoHandler{std::forward<decltype(handler)>(handler)});
        },
        token);
}

template <typename Token>
auto async_write(ByteStream& stream, const ByteStream::Pieces& pieces, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [&stream, pieces](auto&& handler) {
            stream.write(pieces, IoHandler{std::forward<decltype(handler)>(handler)});
        },
        token);
}

template <typename Token>
auto async_shutdown_send(ByteStream& stream, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [&stream](auto&& handler) {
            stream.shutdown_send(IoHandler{std::forward<decltype(handler)>(handler)});
        },
        token);
}

}  // namespace rest
