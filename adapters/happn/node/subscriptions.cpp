#include "adapters/happn/node/subscriptions.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <utility>

namespace happn::node {

namespace {

constexpr std::string_view response_root = "/_exchange/responses";
constexpr std::ptrdiff_t widened_slashes = 5;

std::string_view without_leading_slash(std::string_view path) {
    return path.starts_with('/') ? path.substr(1) : path;
}

/// happner-2 widens the response subscription of old clients, /SET@/_exchange/responses/<session>/*, to the
/// depth at which answers are set; publications keep the channel as it was sent.
std::string_view widening(std::string_view channel) {
    const bool responses = channel.find(response_root) != std::string_view::npos;
    return responses && std::count(channel.begin(), channel.end(), '/') == widened_slashes ? "/*/*/*" : "";
}

bool has_wildcard(std::string_view path) {
    return path.find('*') != std::string_view::npos;
}

bool matches_nothing(const std::vector<std::string_view>& segments) {
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const bool last = i + 1 == segments.size();
        const bool wildcard = segments[i] == "*" || (last && segments[i] == "**");
        if (!wildcard && has_wildcard(segments[i])) {
            return true;
        }
    }
    return false;
}

std::string key_of(Generation rules, std::string_view channel, int depth, bool merge) {
    std::string key{rules == Generation::old ? 'o' : 'c'};
    key.append(std::to_string(depth)).append(merge ? "m " : " ").append(channel);
    return key;
}

/// What a glob has before its first wildcard and after its last whole segment.
std::string_view partial_segment(std::string_view pattern) {
    const auto literal = pattern.substr(0, pattern.find('*'));
    const auto slash = literal.rfind('/');
    return slash == std::string_view::npos ? literal : literal.substr(slash + 1);
}

/// Of an ordered map's keys, those that `text` begins with, longest first. Meets few others: what is skipped
/// shares a beginning with `text`, which is shorter each time.
template <typename Map, typename Visit>
void for_each_beginning(const Map& map, std::string_view text, Visit visit) {
    for (;;) {
        auto at = map.upper_bound(text);
        if (at == map.begin()) {
            return;
        }
        --at;
        const std::string_view key = at->first;
        const auto limit = std::min(key.size(), text.size());
        const auto common = static_cast<std::size_t>(
            std::mismatch(key.begin(), key.begin() + static_cast<std::ptrdiff_t>(limit), text.begin()).first -
            key.begin());
        if (common < key.size()) {
            text = text.substr(0, common);
            continue;
        }
        visit(at->second);
        if (key.empty()) {
            return;
        }
        text = text.substr(0, key.size() - 1);
    }
}

bool carries(ChannelWord subscribed, ChannelWord published) {
    return subscribed == ChannelWord::all || subscribed == published;
}

template <typename T>
void erase_value(std::vector<T*>& values, T* value) {
    values.erase(std::remove(values.begin(), values.end(), value), values.end());
}

}  // namespace

struct Subscriptions::Member {
    Entry* entry = nullptr;
    SessionNumber session = 0;
    std::size_t index = 0;  // in entry->members
    std::vector<Subscription> subscriptions;
};

struct Subscriptions::Entry {
    ChannelKey channel;
    std::string key;
    std::vector<Member*> members;
    Branch* home = nullptr;               // of a pattern in the tree
    std::vector<Entry*>* list = nullptr;  // in its home
};

struct Subscriptions::Branch {
    Branch* parent = nullptr;
    std::string segment;
    ByText<std::unique_ptr<Branch>> children;
    std::unique_ptr<Branch> star;
    std::vector<Entry*> ends, deep;
    std::map<std::string, std::vector<Entry*>, std::less<>> globs;  // by partial_segment

    bool empty() const { return children.empty() && !star && ends.empty() && deep.empty() && globs.empty(); }
};

struct Subscriptions::Holdings {
    /// By channel text, the entry's own. More than one where a channel has been subscribed to with several
    /// depths, or in both generations.
    std::unordered_multimap<std::string_view, Member> members;

    Member& member(Entry& entry) {
        const auto [from, to] = members.equal_range(entry.channel.text);
        const auto found =
            std::find_if(from, to, [&](const auto& candidate) { return candidate.second.entry == &entry; });
        return found != to ? found->second : members.emplace(entry.channel.text, Member{})->second;
    }
    void erase(const Member& member) {
        const auto [from, to] = members.equal_range(member.entry->channel.text);
        members.erase(
            std::find_if(from, to, [&](const auto& candidate) { return &candidate.second == &member; }));
    }

    /// Whether the session has a channel whole, or what is merged in: what its first subscription said.
    std::optional<bool> merges(std::string_view channel) const {
        const auto found = members.find(channel);
        return found == members.end() ? std::nullopt : std::optional{found->second.entry->channel.merge};
    }

    std::size_t count = 0;
};

Subscriptions::Subscriptions() : root_{std::make_unique<Branch>()} {}
Subscriptions::~Subscriptions() = default;

void split_path(std::string_view path, std::vector<std::string_view>& segments) {
    segments.clear();
    path = without_leading_slash(path);
    for (;;) {
        const auto slash = path.find('/');
        segments.push_back(path.substr(0, slash));
        if (slash == std::string_view::npos) {
            return;
        }
        path.remove_prefix(slash + 1);
    }
}

void Subscriptions::add(SessionNumber session,
                        Generation rules,
                        std::string_view channel,
                        int depth,
                        Subscription subscription,
                        bool merge) {
    auto& holdings = sessions_[session];
    if (!holdings) {
        holdings = std::make_unique<Holdings>();
    }
    Entry& found = entry(rules, channel, depth, holdings->merges(channel).value_or(merge));
    Member& member = holdings->member(found);
    if (member.entry == nullptr) {
        member.entry = &found;
        member.session = session;
        member.index = found.members.size();
        found.members.push_back(&member);
    }
    member.subscriptions.push_back(std::move(subscription));
    ++holdings->count;
}

Subscriptions::Entry& Subscriptions::entry(Generation rules,
                                           std::string_view channel,
                                           int depth,
                                           bool merge) {
    auto key = key_of(rules, channel, depth, merge);
    auto& slot = entries_[key];
    if (!slot) {
        slot = std::make_unique<Entry>();
        slot->key = std::move(key);
        slot->channel.text = channel;
        slot->channel.rules = rules;
        slot->channel.depth = depth;
        slot->channel.merge = merge;
        if (const auto parsed = parse_channel(channel)) {
            slot->channel.word = parsed->word;
            slot->channel.path = parsed->path;
            place(*slot);
        }
    }
    return *slot;
}

void Subscriptions::place(Entry& entry) {
    const bool old = entry.channel.rules == Generation::old;
    if (has_wildcard(entry.channel.path)) {
        return old ? place_glob(entry) : place_pattern(entry);
    }
    auto& index = old ? exact_old_ : exact_current_;
    const std::string_view path = entry.channel.path;
    index[std::string{old ? path : without_leading_slash(path)}].push_back(&entry);
}

void Subscriptions::place_pattern(Entry& entry) {
    std::string pattern = entry.channel.path;
    pattern += widening(entry.channel.text);
    if (pattern == "*") {
        entry.home = root_.get();
        entry.list = &root_->globs[{}];  // compared as a glob it takes everything, as it does here
        entry.list->push_back(&entry);
        return;
    }
    std::vector<std::string_view> segments;
    split_path(pattern, segments);
    if (segments.size() > max_pattern_segments || matches_nothing(segments)) {
        return;
    }
    const bool deep = segments.back() == "**";
    if (deep) {
        segments.pop_back();
    }
    entry.home = &branch(segments);
    entry.list = deep ? &entry.home->deep : &entry.home->ends;
    entry.list->push_back(&entry);
}

/// Goes below the whole literal segments that its pattern begins with.
void Subscriptions::place_glob(Entry& entry) {
    const std::string_view pattern = entry.channel.path;
    std::vector<std::string_view> segments;
    split_path(pattern.substr(0, pattern.find('*')), segments);
    segments.pop_back();  // not a whole segment, or empty
    const bool too_deep = segments.size() > max_pattern_segments;
    if (too_deep) {
        segments.resize(max_pattern_segments);
    }
    entry.home = &branch(segments);
    entry.list = &entry.home->globs[std::string{too_deep ? "" : partial_segment(pattern)}];
    entry.list->push_back(&entry);
}

Subscriptions::Branch& Subscriptions::branch(const std::vector<std::string_view>& segments) {
    Branch* at = root_.get();
    for (const auto segment : segments) {
        auto& next = segment == "*" ? at->star : at->children[std::string{segment}];
        if (!next) {
            next = std::make_unique<Branch>();
            next->parent = at;
            next->segment = segment;
        }
        at = next.get();
    }
    return *at;
}

void Subscriptions::take_away(Entry& entry) {
    if (entry.home != nullptr) {
        take_from_list(entry);
        prune(entry.home);
    } else if (!has_wildcard(entry.channel.path)) {
        const bool old = entry.channel.rules == Generation::old;
        auto& index = old ? exact_old_ : exact_current_;
        const std::string_view path = entry.channel.path;
        const auto found = index.find(old ? path : without_leading_slash(path));
        if (found != index.end()) {
            erase_value(found->second, &entry);
            if (found->second.empty()) {
                index.erase(found);
            }
        }
    }
    const std::string key = std::move(entry.key);
    entries_.erase(key);
}

void Subscriptions::take_from_list(Entry& entry) {
    erase_value(*entry.list, &entry);
    if (!entry.list->empty()) {
        return;
    }
    auto& globs = entry.home->globs;
    for (const auto key : {partial_segment(entry.channel.path), std::string_view{}}) {
        const auto found = globs.find(key);
        if (found != globs.end() && &found->second == entry.list) {
            globs.erase(found);
            return;
        }
    }
}

void Subscriptions::prune(Branch* at) {
    while (at->parent != nullptr && at->empty()) {
        Branch* const parent = at->parent;
        if (parent->star.get() == at) {
            parent->star.reset();
        } else {
            parent->children.erase(parent->children.find(at->segment));
        }
        at = parent;
    }
}

void Subscriptions::drop_member(Holdings& holdings, Member& member) {
    Entry& entry = *member.entry;
    entry.members[member.index] = entry.members.back();
    entry.members[member.index]->index = member.index;
    entry.members.pop_back();
    holdings.erase(member);
    if (entry.members.empty()) {
        take_away(entry);
    }
}

/// `channel` empty: any.
template <typename Wanted>
std::vector<Removed> Subscriptions::remove_if(SessionNumber session,
                                              std::string_view channel,
                                              Wanted wanted) {
    std::vector<Removed> removed;
    const auto found = sessions_.find(session);
    if (found == sessions_.end()) {
        return removed;
    }
    Holdings& holdings = *found->second;
    std::vector<Member*> emptied;
    const auto range = channel.empty() ? std::pair{holdings.members.begin(), holdings.members.end()}
                                       : holdings.members.equal_range(channel);
    for (auto at = range.first; at != range.second; ++at) {
        Member& member = at->second;
        const auto& held = member.entry->channel;
        std::erase_if(member.subscriptions, [&](Subscription& subscription) {
            if (!wanted(subscription)) {
                return false;
            }
            removed.push_back({held.word, held.path, std::move(subscription)});
            return true;
        });
        if (member.subscriptions.empty()) {
            emptied.push_back(&member);
        }
    }
    holdings.count -= removed.size();
    for (Member* member : emptied) {
        drop_member(holdings, *member);
    }
    if (holdings.members.empty()) {
        sessions_.erase(found);
    }
    std::sort(removed.begin(), removed.end(), [](const Removed& a, const Removed& b) {
        return a.subscription.reference < b.subscription.reference;
    });
    return removed;
}

std::vector<Removed> Subscriptions::remove_reference(SessionNumber session,
                                                     std::string_view channel,
                                                     std::uint64_t reference) {
    return remove_if(session, channel, [=](const Subscription& s) { return s.reference == reference; });
}

std::vector<Removed> Subscriptions::remove_listener(SessionNumber session,
                                                    std::string_view channel,
                                                    std::int64_t listener) {
    return remove_if(session, channel, [=](const Subscription& s) { return s.listener == listener; });
}

std::vector<Removed> Subscriptions::remove_channel(SessionNumber session, std::string_view channel) {
    return remove_if(session, channel, [](const Subscription&) { return true; });
}

std::vector<Removed> Subscriptions::remove_all(SessionNumber session) {
    return remove_if(session, {}, [](const Subscription&) { return true; });
}

std::size_t Subscriptions::count(SessionNumber session) const {
    const auto found = sessions_.find(session);
    return found == sessions_.end() ? 0 : found->second->count;
}

void Subscriptions::match(ChannelWord word, std::string_view path, std::vector<Hit>& hits) const {
    match_exact(exact_current_, word, without_leading_slash(path), hits);
    match_exact(exact_old_, word, path, hits);
    match_patterns(word, path, hits);
}

void Subscriptions::match_exact(const ByText<std::vector<Entry*>>& index,
                                ChannelWord word,
                                std::string_view path,
                                std::vector<Hit>& hits) const {
    const auto found = index.find(path);
    if (found == index.end()) {
        return;
    }
    for (const Entry* entry : found->second) {
        if (carries(entry->channel.word, word)) {
            for (const Member* member : entry->members) {
                hits.push_back({&entry->channel, member->session});
            }
        }
    }
}

void Subscriptions::match_patterns(ChannelWord word, std::string_view path, std::vector<Hit>& hits) const {
    if (root_->empty()) {
        return;
    }
    std::vector<std::string_view> segments;
    split_path(path, segments);
    const auto collect = [&](const Entry& entry) {
        if (!carries(entry.channel.word, word)) {
            return;
        }
        for (const Member* member : entry.members) {
            hits.push_back({&entry.channel, member->session});
        }
    };
    std::vector<std::pair<const Branch*, std::size_t>> open{{root_.get(), 0}};
    while (!open.empty()) {
        const auto [at, depth] = open.back();
        open.pop_back();
        const auto left = segments.size() - depth;
        match_globs(*at, left == 0 ? std::string_view{} : segments[depth], word, path, hits);
        for (const Entry* entry : at->deep) {
            const int levels = entry->channel.depth > 0 ? entry->channel.depth : default_depth;
            if (left >= 1 && left <= static_cast<std::size_t>(levels)) {
                collect(*entry);
            }
        }
        if (left == 0) {
            std::for_each(at->ends.begin(), at->ends.end(), [&](const Entry* entry) { collect(*entry); });
            continue;
        }
        if (at->star) {
            open.emplace_back(at->star.get(), depth + 1);
        }
        const auto child = at->children.find(segments[depth]);
        if (child != at->children.end()) {
            open.emplace_back(child->second.get(), depth + 1);
        }
    }
}

/// `segment` is the path's next one.
void Subscriptions::match_globs(const Branch& at,
                                std::string_view segment,
                                ChannelWord word,
                                std::string_view path,
                                std::vector<Hit>& hits) const {
    for_each_beginning(at.globs, segment, [&](const std::vector<Entry*>& entries) {
        for (const Entry* entry : entries) {
            if (!carries(entry->channel.word, word) || !matches_old(entry->channel.path, path)) {
                continue;
            }
            for (const Member* member : entry->members) {
                hits.push_back({&entry->channel, member->session});
            }
        }
    });
}

}  // namespace happn::node
