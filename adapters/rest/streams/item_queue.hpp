// What waits to be written to one reader of a stream: pieces of text in the stream's format, bounded in
// number and bytes. A reader that does not keep up loses the oldest and is told, or is cut off, as the route
// says. Stored values have a place in the line, but are fetched only when it is their turn: they cannot come
// too fast, however many there are. Between the dispatcher, which fills it, and the connection, which empties
// it. Shard's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "adapters/rest/streams/stream_format.hpp"
#include "gateway/route.hpp"
#include "gateway/stream.hpp"

namespace rest {

inline constexpr std::string_view stream_drops_metric = "stream_items_dropped";

class ItemQueue final : public gateway::StreamReader {
public:
    static constexpr std::size_t max_bytes = 8u * 1024 * 1024;  // whatever the number of items

    ItemQueue(std::shared_ptr<gateway::OpenStream> stream, StreamFormat format);

    /// Called whenever there is something to take, or the end has come. One at a time; from within on_item
    /// and on_end.
    void on_ready(std::function<void()> ready) { ready_ = std::move(ready); }

    /// Pieces, in order, until they are `room` bytes or more. Of a websocket each is a message of its own.
    std::deque<std::string> take(std::size_t room);
    /// False: there is nothing to take. True: there may be.
    bool has_pieces() const { return !line_.empty(); }
    /// Nothing comes any more. What has come before can still be taken.
    bool ended() const { return ended_; }
    /// It has ended before its time: the mesh, the gateway or the reader's own slowness ended it.
    bool failed() const { return failed_; }
    /// Items that the reader has missed since this was asked last, for the counters.
    std::size_t take_dropped() { return std::exchange(uncounted_drops_, 0); }

    StreamFormat format() const { return format_; }
    gateway::Duration heartbeat() const { return options_.heartbeat; }
    /// The reader has gone: the stream ends, what waits is thrown away.
    void close();

    void on_item(gateway::StreamItem item) override;
    void on_stored() override;
    void on_gap() override;
    void on_end(std::optional<gateway::Error> why) override;

private:
    enum class Kind : std::uint8_t { piece, gap, stored };
    struct Place {
        Kind kind;
        std::string piece;
        std::size_t dropped = 0;  // in a gap; 0: nobody knows how many
    };

    std::optional<std::string> next_piece();
    void push(std::string piece);
    bool full(std::size_t more) const;
    void drop_oldest();
    void join_gaps(std::deque<Place>::iterator gap);
    void end(const std::optional<gateway::Error>& why);
    void ring();

    std::shared_ptr<gateway::OpenStream> stream_;
    gateway::StreamOptions options_;
    StreamFormat format_;
    std::deque<Place> line_;
    std::size_t pieces_ = 0;  // in it,
    std::size_t bytes_ = 0;   // and their size
    std::size_t uncounted_drops_ = 0;
    bool ended_ = false;
    bool failed_ = false;
    std::function<void()> ready_;
};

}  // namespace rest
