// All sessions' subscriptions: who gets a publication on a path. Paths without wildcards are found by one
// hash look-up; patterns sit in a tree of segments, so that a publication meets only patterns that begin as
// its path does:
//
//   root -+- "plant" -+- *  -> ends: /SET@/plant/*            one segment (happn-3 12 and later)
//         |           +- deep:  /ALL@/plant/**  (depth 5)     one to depth segments
//         |           +- globs: "a": /ALL@/plant/a*b          old sessions: `*` crosses slashes; by the
//         letters |                                                   before it, the rest is compared whole
//         +- globs: "": *                                     everything
//
// What a publication costs depends on the patterns that begin as its path does, up to their first wildcard,
// and not on how many others there are.
//
// A session that subscribes to one channel several times has one entry in it and gets one publication. Ending
// a session costs what the session holds, not what the node holds. Owned by the hub; shard's thread; no
// errors but "full".
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "adapters/happn/node/dialect.hpp"
#include "adapters/happn/paths.hpp"

namespace happn::node {

/// Numbers a session for the life of the node.
using SessionNumber = std::uint64_t;
/// The gateway itself: its routes listen, and publish.
inline constexpr SessionNumber the_gateway = 0;
/// Somebody who is no client of the node: a caller over HTTP or MQTT.
inline constexpr SessionNumber outsider = static_cast<SessionNumber>(-1);

/// From here on: readers of streams, which are no clients either.
inline constexpr SessionNumber first_feed = SessionNumber{1} << 63U;

inline bool is_feed(SessionNumber number) {
    return number >= first_feed && number != outsider;
}

inline constexpr std::size_t max_pattern_segments = 128;

/// One `on` of a session.
struct Subscription {
    std::uint64_t reference = 0;  // unique on the node
    std::int64_t listener = -1;   // `listenerId` of old clients
    std::string options;          // as sent, raw JSON
};

/// One channel text under one set of rules; shared by all sessions that subscribed with it.
struct ChannelKey {
    std::string text;  // exactly as sent: what publications carry
    ChannelWord word = ChannelWord::all;
    std::string path;  // without the word
    Generation rules = Generation::current;
    int depth = 0;       // of `**`; 0: the default, and not told to the subscriber
    bool merge = false;  // of a merge, only what was merged in
};

struct Hit {
    const ChannelKey* channel = nullptr;  // valid until the next change
    SessionNumber session = 0;
};

/// A subscription that has been taken off, as the answer to `off` shows it.
struct Removed {
    ChannelWord word = ChannelWord::all;
    std::string path;
    Subscription subscription;
};

class Subscriptions {
public:
    Subscriptions();
    ~Subscriptions();

    void add(SessionNumber session,
             Generation rules,
             std::string_view channel,
             int depth,
             Subscription subscription,
             bool merge = false);

    std::vector<Removed> remove_reference(SessionNumber session,
                                          std::string_view channel,
                                          std::uint64_t reference);
    std::vector<Removed> remove_listener(SessionNumber session,
                                         std::string_view channel,
                                         std::int64_t listener);
    std::vector<Removed> remove_channel(SessionNumber session, std::string_view channel);
    std::vector<Removed> remove_all(SessionNumber session);

    /// How many `on` of this session are in force.
    std::size_t count(SessionNumber session) const;
    std::size_t channels() const { return entries_.size(); }

    /// Appends every (channel, session) that gets a publication of this word (set or remove) on this path.
    void match(ChannelWord word, std::string_view path, std::vector<Hit>& hits) const;

private:
    struct Entry;
    struct Branch;
    struct Member;
    struct Holdings;
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    template <typename Value>
    using ByText = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

    Entry& entry(Generation rules, std::string_view channel, int depth, bool merge);
    void place(Entry& entry);
    void place_pattern(Entry& entry);
    void place_glob(Entry& entry);
    Branch& branch(const std::vector<std::string_view>& segments);
    void take_away(Entry& entry);
    void take_from_list(Entry& entry);
    void prune(Branch* branch);
    void drop_member(Holdings& holdings, Member& member);
    template <typename Wanted>
    std::vector<Removed> remove_if(SessionNumber session, std::string_view channel, Wanted wanted);
    void match_exact(const ByText<std::vector<Entry*>>& index,
                     ChannelWord word,
                     std::string_view path,
                     std::vector<Hit>& hits) const;
    void match_patterns(ChannelWord word, std::string_view path, std::vector<Hit>& hits) const;
    void match_globs(const Branch& at,
                     std::string_view segment,
                     ChannelWord word,
                     std::string_view path,
                     std::vector<Hit>& hits) const;

    ByText<std::unique_ptr<Entry>> entries_;
    ByText<std::vector<Entry*>> exact_current_;  // by path without its leading slash
    ByText<std::vector<Entry*>> exact_old_;      // by path
    std::unique_ptr<Branch> root_;
    std::unordered_map<SessionNumber, std::unique_ptr<Holdings>> sessions_;
};

/// Segments of a path; a leading slash does not count.
void split_path(std::string_view path, std::vector<std::string_view>& segments);

}  // namespace happn::node
