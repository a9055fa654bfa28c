// A connection in memory: what the peer sends comes in the pieces that a test chose, and ends; what is
// written is kept. Reads and writes complete through the executor, as those of a socket do. One thread.
#pragma once

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "adapters/rest/byte_stream.hpp"

namespace support {

/// What the two ends of the connection share; the test keeps it.
struct MemoryPeer {
    enum class End { shuts_sending, stays_silent };

    std::deque<std::string> pieces;  // each is read by a read of its own
    End end = End::shuts_sending;    // after the last piece
    bool takes = true;               // what is written; else writes wait for the end of the connection
    std::string written;
    bool shut = false;    // nothing more may be written
    bool closed = false;  // nor read
    bool written_after_the_end = false;

    /// Where it has stayed silent: more comes, or the end.
    void sends(std::string piece) {
        pieces.push_back(std::move(piece));
        wake();
    }
    void ends_now() {
        end = End::shuts_sending;
        wake();
    }
    void wake() {
        if (auto reading = std::exchange(read_on, {})) reading();
    }
    std::function<void()> read_on;  // the stream's read that waits
};

class MemoryStream final : public rest::ByteStream {
public:
    MemoryStream(boost::asio::io_context& io, std::shared_ptr<MemoryPeer> peer)
        : io_{io}, peer_{std::move(peer)} {}
    ~MemoryStream() override {
        peer_->closed = true;
        peer_->read_on = {};
    }

    boost::asio::any_io_executor get_executor() override { return io_.get_executor(); }

    void read_some(boost::asio::mutable_buffer to, rest::IoHandler done) override {
        if (peer_->closed) return complete(std::move(done), boost::asio::error::operation_aborted, 0);
        if (peer_->pieces.empty()) {
            if (peer_->end == MemoryPeer::End::shuts_sending)
                return complete(std::move(done), boost::asio::error::eof, 0);
            waiting_.emplace(std::move(done));
            peer_->read_on = [this, to] {
                auto waiting = std::exchange(waiting_, std::nullopt);
                read_some(to, *std::move(waiting));
            };
            return;
        }
        std::string& piece = peer_->pieces.front();
        const std::size_t size = boost::asio::buffer_copy(to, boost::asio::buffer(piece));
        piece.erase(0, size);
        if (piece.empty()) peer_->pieces.pop_front();
        complete(std::move(done), {}, size);
    }

    void write(const Pieces& pieces, rest::IoHandler done) override {
        if (peer_->closed) return complete(std::move(done), boost::asio::error::operation_aborted, 0);
        if (!peer_->takes) return (void)writing_.emplace(std::move(done));
        std::size_t size = 0;
        for (const auto& piece : pieces) {
            if (piece.size() > 0 && peer_->shut) peer_->written_after_the_end = true;
            peer_->written.append(static_cast<const char*>(piece.data()), piece.size());
            size += piece.size();
        }
        complete(std::move(done), {}, size);
    }

    void shutdown_send(rest::IoHandler done) override {
        peer_->shut = true;
        complete(std::move(done), {}, 0);
    }

    void cancel() override {
        peer_->read_on = {};
        for (auto* operation : {&waiting_, &writing_}) {
            if (auto waiting = std::exchange(*operation, std::nullopt))
                complete(*std::move(waiting), boost::asio::error::operation_aborted, 0);
        }
    }

    void close() override {
        peer_->closed = true;
        cancel();
    }

private:
    void complete(rest::IoHandler done, boost::system::error_code error, std::size_t size) {
        boost::asio::post(io_, [done = std::move(done), error, size]() mutable { done(error, size); });
    }

    boost::asio::io_context& io_;
    std::shared_ptr<MemoryPeer> peer_;
    std::optional<rest::IoHandler> waiting_;  // to read
    std::optional<rest::IoHandler> writing_;
};

}  // namespace support
