#include "adapters/happn/node/subscriptions.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

namespace happn::node {

namespace {

std::string key_of(Generation rules, std::string_view channel, int depth, bool merge) {
    std::string key{rules == Generation::old ? 'o' : 'c'};
    key.append(std::to_string(depth)).append(merge ? "m " : " ").append(channel);
    return key;
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

struct Subscriptions::Entry : PatternTree::Leaf {
    std::string key;
    std::vector<Member*> members;
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

Subscriptions::Subscriptions() = default;
Subscriptions::~Subscriptions() = default;

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
    if (has_wildcard(entry.channel.path)) {
        return patterns_.add(entry);
    }
    const bool old = entry.channel.rules == Generation::old;
    auto& index = old ? exact_old_ : exact_current_;
    const std::string_view path = entry.channel.path;
    index[std::string{old ? path : without_leading_slash(path)}].push_back(&entry);
}

void Subscriptions::take_away(Entry& entry) {
    if (has_wildcard(entry.channel.path)) {
        patterns_.remove(entry);
    } else {
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
    patterns_.match(word, path, [&hits](const PatternTree::Leaf& leaf) {
        append(hits, static_cast<const Entry&>(leaf));
    });
}

void Subscriptions::append(std::vector<Hit>& hits, const Entry& entry) {
    for (const Member* member : entry.members) {
        hits.push_back({&entry.channel, member->session});
    }
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
            append(hits, *entry);
        }
    }
}

}  // namespace happn::node
