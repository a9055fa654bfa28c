// One reader's view of the paths that a pattern names, without I/O: first what is stored, if that is wanted,
// then publications as they come. Nothing comes twice for having been stored and published, and of one path
// nothing older comes after something newer.
//
//   hold() -> on_publication() ... -> on_stored() -> on_publication() ...
//
// Publications are emitted as they come. What is stored waits here until the reader takes it: of that there
// may be more than any queue should hold.
//
// An item that has a time carries it as its mark: a feed that begins behind a mark brings what has been
// stored since then. What has been removed meanwhile, or was never stored, cannot be brought again. Owned by
// who subscribes; on the shard's thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/error.hpp"
#include "gateway/expression/address_pattern.hpp"
#include "gateway/stream.hpp"

namespace gateway {
struct Output;        // gateway/ports.hpp
struct StreamTarget;  // gateway/route.hpp
}  // namespace gateway

namespace happn {

/// One item with the times that happn gives it. Times are raw JSON numbers, empty where there are none.
struct FeedItem {
    std::string path;
    std::string data;  // raw
    std::string created;
    std::string modified;
    bool removed = false;
};

class Feed {
public:
    struct Wish {
        std::shared_ptr<const gateway::AddressPattern> pattern;
        bool sets = true;
        bool removes = false;
        bool initial = false;
        bool with_meta = false;    // items with `_meta`: path, created, modified, action
        std::string resume_after;  // a mark; anything else counts as none
    };
    struct Emit {
        std::function<void(gateway::StreamItem)> item;
        std::function<void()> stored;  // next_stored() has something to give
    };

    static constexpr std::size_t max_held = 10'000;  // publications that wait for what is stored
    static constexpr std::size_t max_stored_bytes = 64u * 1024 * 1024;  // that wait for the reader

    /// `emit` must not destroy the feed.
    Feed(Wish wish, Emit emit);

    /// Stored values have to be fetched before publications are passed on.
    bool needs_stored() const { return resume_after_.has_value() || initial_; }
    /// The reader has asked for what is stored, and not only for what was missed.
    bool wants_initial() const { return initial_; }
    void hold() { holding_ = true; }
    /// Ends hold(). In any order. False: it is more than may wait for a reader.
    bool on_stored(std::vector<FeedItem> items);
    /// As gateway::OpenStream::next_stored: in the order of their times.
    std::optional<gateway::StreamItem> next_stored();
    /// False: it waits in vain, as too many publications do.
    bool on_publication(FeedItem item);
    /// The subscription is gone: the next one goes on behind the last item that had a time.
    void lost();

private:
    struct Mark {
        std::uint64_t modified = 0;  // ms since 1970
        std::string path_hash;       // of the item with that time; others of the same time may come twice
    };

    static std::optional<Mark> parse_mark(std::string_view text);
    static std::optional<Mark> mark_of(const FeedItem& item);
    bool has_passed(const FeedItem& item) const;
    bool keep_for_the_reader(std::vector<FeedItem> items);
    void emit_held(const std::unordered_map<std::string, std::uint64_t>& stored);
    void pass(FeedItem item);
    void remember_mark(const FeedItem& item);
    gateway::StreamItem stream_item(FeedItem item) const;
    gateway::Payload payload_of(const FeedItem& item) const;

    std::shared_ptr<const gateway::AddressPattern> pattern_;
    bool sets_;
    bool removes_;
    bool initial_;
    bool with_meta_;
    std::optional<Mark> resume_after_;
    std::optional<Mark> last_;
    Emit emit_;
    bool holding_ = false;
    std::vector<FeedItem> held_;
    std::list<std::deque<FeedItem>> stored_;  // one queue for each on_stored, not taken yet
    std::size_t stored_bytes_ = 0;
};

/// Why a stream ends whose stored values do not fit into Feed::max_stored_bytes.
gateway::Error stored_is_too_much();

/// What a route's stream asks of a feed.
Feed::Wish feed_wish(const gateway::StreamTarget& rule, const gateway::Output& output);

}  // namespace happn
