// All sessions' subscriptions: who gets a publication on a path. Paths without wildcards are found by one
// hash look-up; patterns are in a PatternTree.
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

#include "adapters/happn/node/by_text.hpp"
#include "adapters/happn/node/dialect.hpp"
#include "adapters/happn/node/pattern_tree.hpp"
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

/// One `on` of a session.
struct Subscription {
    std::uint64_t reference = 0;  // unique on the node
    std::int64_t listener = -1;   // `listenerId` of old clients
    std::string options;          // as sent, raw JSON
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
    struct Member;
    struct Holdings;

    Entry& entry(Generation rules, std::string_view channel, int depth, bool merge);
    void place(Entry& entry);
    void take_away(Entry& entry);
    void drop_member(Holdings& holdings, Member& member);
    template <typename Wanted>
    std::vector<Removed> remove_if(SessionNumber session, std::string_view channel, Wanted wanted);
    void match_exact(const ByText<std::vector<Entry*>>& index,
                     ChannelWord word,
                     std::string_view path,
                     std::vector<Hit>& hits) const;
    static void append(std::vector<Hit>& hits, const Entry& entry);

    ByText<std::unique_ptr<Entry>> entries_;
    ByText<std::vector<Entry*>> exact_current_;  // by path without its leading slash
    ByText<std::vector<Entry*>> exact_old_;      // by path
    PatternTree patterns_;
    std::unordered_map<SessionNumber, std::unique_ptr<Holdings>> sessions_;
};

}  // namespace happn::node
