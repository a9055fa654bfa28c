// The channels with wildcards in a tree of segments, so that a publication meets only patterns that begin as
// its path does:
//
//   root -+- "plant" -+- *  -> ends: /SET@/plant/*            one segment (happn-3 12 and later)
//         |           +- deep:  /ALL@/plant/**  (depth 5)     one to depth segments
//         |           +- globs: "a": /ALL@/plant/a*b          old sessions: `*` crosses slashes; by the
//         letters |                                                   before it, the rest is compared whole
//         +- globs: "": *                                     everything
//
// What a publication costs depends on the patterns that begin as its path does, up to their first wildcard,
// and not on how many others there are. Owned by Subscriptions, as are the channels in it; shard's thread; no
// errors.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/happn/node/dialect.hpp"
#include "adapters/happn/paths.hpp"

namespace happn::node {

inline constexpr std::size_t max_pattern_segments = 128;

/// One channel text under one set of rules; shared by all sessions that subscribed with it.
struct ChannelKey {
    std::string text;  // exactly as sent: what publications carry
    ChannelWord word = ChannelWord::all;
    std::string path;  // without the word
    Generation rules = Generation::current;
    int depth = 0;       // of `**`; 0: the default, and not told to the subscriber
    bool merge = false;  // of a merge, only what was merged in
};

class PatternTree {
    struct Branch;

public:
    /// What the owner of a channel makes it of.
    struct Leaf {
        ChannelKey channel;

    private:
        friend PatternTree;
        Branch* home = nullptr;
        std::vector<Leaf*>* list = nullptr;  // in its home
    };

    PatternTree();
    ~PatternTree();

    /// The leaf stays where it is until it has been removed. A pattern that matches nothing is left out.
    void add(Leaf& leaf);
    void remove(Leaf& leaf);

    using Visit = std::function<void(const Leaf&)>;
    /// Every leaf whose pattern matches and that gets publications of this word (set or remove).
    void match(ChannelWord word, std::string_view path, const Visit& visit) const;

private:
    void place(Leaf& leaf);
    void place_glob(Leaf& leaf);
    Branch& branch(const std::vector<std::string_view>& segments);
    static void take_from_list(Leaf& leaf);
    static void prune(Branch* branch);
    static void match_globs(const Branch& at,
                            std::string_view segment,
                            ChannelWord word,
                            std::string_view path,
                            const Visit& visit);

    std::unique_ptr<Branch> root_;
};

bool has_wildcard(std::string_view path);

std::string_view without_leading_slash(std::string_view path);

/// Whether a subscription to one word gets publications of another.
inline bool carries(ChannelWord subscribed, ChannelWord published) {
    return subscribed == ChannelWord::all || subscribed == published;
}

}  // namespace happn::node
