// A byte stream whose writes are collected: what is appended in one turn of the event loop, and while a write
// is under way, leaves in one write. Beast's websocket stream sits on it for the handshake, reading and
// control frames; data frames are appended beside it, each whole, so that frames never interleave. Shard's
// thread. A failed write shows as the error of the next operation.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/role.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "adapters/rest/byte_stream.hpp"

namespace rest {

class GatheringStream {
public:
    using executor_type = boost::asio::any_io_executor;
    using error_code = boost::system::error_code;

    /// `arrived`: what has been read from the stream already, and is to be read from here again.
    GatheringStream(std::unique_ptr<ByteStream> stream, std::string arrived)
        : pipe_{std::make_shared<Pipe>(std::move(stream), std::move(arrived))} {}

    executor_type get_executor() { return pipe_->stream->get_executor(); }

    /// Queues a piece of a frame; call for all pieces of a frame in a row.
    void append(std::string_view bytes) { pipe_->append(bytes); }
    /// Bytes not yet handed to the kernel.
    std::size_t backlog() const { return pipe_->waiting.size() + pipe_->flying.size(); }
    bool failed() const { return pipe_->failure.failed(); }
    /// Called after every write, the failed one too.
    void on_written(std::function<void()> callback) { pipe_->written = std::move(callback); }
    void close() { pipe_->close(); }
    /// For when nothing is queued any more: its end, and what the peer still sends.
    ByteStream& bytes() { return *pipe_->stream; }

    template <typename Buffers, typename Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        return boost::asio::async_initiate<Token, void(error_code, std::size_t)>(
            [pipe = pipe_.get()](auto&& handler, const Buffers& to) {
                if (pipe->arrived.empty())
                    return pipe->stream->read_some(first_of(to),
                                                   IoHandler{std::forward<decltype(handler)>(handler)});
                complete(*pipe->stream, std::forward<decltype(handler)>(handler), {}, pipe->take(to));
            },
            token,
            buffers);
    }

    /// Done as soon as it is queued. What comes this way is control frames: they are answers to the peer's,
    /// so a peer that sends them without reading is cut off.
    template <typename Buffers, typename Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        error_code error = pipe_->failure;
        if (!error && backlog() > max_control_backlog) error = boost::asio::error::no_buffer_space;
        std::size_t size = 0;
        if (!error) {
            for (auto it = boost::asio::buffer_sequence_begin(buffers);
                 it != boost::asio::buffer_sequence_end(buffers);
                 ++it) {
                const boost::asio::const_buffer piece{*it};
                pipe_->append({static_cast<const char*>(piece.data()), piece.size()});
                size += piece.size();
            }
        }
        return boost::asio::async_initiate<Token, void(error_code, std::size_t)>(
            [error, size, pipe = pipe_.get()](auto&& handler) {
                complete(*pipe->stream, std::forward<decltype(handler)>(handler), error, size);
            },
            token);
    }

private:
    static constexpr std::size_t max_control_backlog = 64u * 1024 * 1024;
    static constexpr std::size_t kept_capacity = 4u * 1024;  // of an idle connection's buffers

    template <typename Buffers>
    static boost::asio::mutable_buffer first_of(const Buffers& buffers) {
        for (auto it = boost::asio::buffer_sequence_begin(buffers);
             it != boost::asio::buffer_sequence_end(buffers);
             ++it) {
            const boost::asio::mutable_buffer piece{*it};
            if (piece.size() > 0) return piece;
        }
        return {};
    }

    template <typename Handler>
    static void complete(ByteStream& stream, Handler&& handler, error_code error, std::size_t size) {
        boost::asio::post(stream.get_executor(),
                          [handler = std::forward<Handler>(handler), error, size]() mutable {
                              std::move(handler)(error, size);
                          });
    }

    /// Outlives the stream object while a write is under way.
    struct Pipe : std::enable_shared_from_this<Pipe> {
        Pipe(std::unique_ptr<ByteStream> bytes, std::string read)
            : stream{std::move(bytes)}, arrived{std::move(read)} {}

        template <typename Buffers>
        std::size_t take(const Buffers& to) {
            const std::size_t taken = boost::asio::buffer_copy(to, boost::asio::buffer(arrived));
            arrived.erase(0, taken);
            if (arrived.empty()) arrived.shrink_to_fit();
            return taken;
        }

        void append(std::string_view bytes) {
            if (failure) return;
            waiting += bytes;
            if (scheduled) return;
            scheduled = true;
            boost::asio::post(stream->get_executor(), [self = shared_from_this()] { self->start_write(); });
        }

        void start_write() {
            std::swap(waiting, flying);
            stream->write({boost::asio::buffer(flying), boost::asio::const_buffer{}},
                          IoHandler{[self = shared_from_this()](error_code error, std::size_t) {
                              self->finish_write(error);
                          }});
        }

        void finish_write(error_code error) {
            flying.clear();
            if (flying.capacity() > kept_capacity) std::string{}.swap(flying);
            if (error) {
                failure = error;
                waiting.clear();
            }
            scheduled = !waiting.empty();
            if (scheduled) start_write();
            if (const auto callback = written) callback();
        }

        void close() {
            if (!failure) failure = boost::asio::error::operation_aborted;
            stream->close();
        }

        std::unique_ptr<ByteStream> stream;
        std::string arrived;
        std::string waiting;
        std::string flying;
        error_code failure;
        bool scheduled = false;
        std::function<void()> written;
    };

    std::shared_ptr<Pipe> pipe_;
};

/// Beast closes a stream whose timeout has passed by this.
inline void beast_close_socket(GatheringStream& stream) {
    stream.close();
}

/// The end of a websocket's closing handshake: its owner waits for the last bytes and closes the stream.
template <typename Handler>
void async_teardown(boost::beast::role_type, GatheringStream& stream, Handler&& handler) {
    boost::asio::post(stream.get_executor(), [handler = std::forward<Handler>(handler)]() mutable {
        std::move(handler)(GatheringStream::error_code{});
    });
}

}  // namespace rest
