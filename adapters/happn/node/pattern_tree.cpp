#include "adapters/happn/node/pattern_tree.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "adapters/happn/node/by_text.hpp"

namespace happn::node {

namespace {

constexpr std::string_view response_root = "/_exchange/responses";
constexpr std::ptrdiff_t widened_slashes = 5;

/// happner-2 widens the response subscription of old clients, /SET@/_exchange/responses/<session>/*, to the
/// depth at which answers are set; publications keep the channel as it was sent.
std::string_view widening(std::string_view channel) {
    const bool responses = channel.find(response_root) != std::string_view::npos;
    return responses && std::count(channel.begin(), channel.end(), '/') == widened_slashes ? "/*/*/*" : "";
}

/// Segments of a path; a leading slash does not count.
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

template <typename T>
void erase_value(std::vector<T*>& values, T* value) {
    values.erase(std::remove(values.begin(), values.end(), value), values.end());
}

}  // namespace

struct PatternTree::Branch {
    Branch* parent = nullptr;
    std::string segment;
    ByText<std::unique_ptr<Branch>> children;
    std::unique_ptr<Branch> star;
    std::vector<Leaf*> ends, deep;
    std::map<std::string, std::vector<Leaf*>, std::less<>> globs;  // by partial_segment

    bool empty() const { return children.empty() && !star && ends.empty() && deep.empty() && globs.empty(); }
};

PatternTree::PatternTree() : root_{std::make_unique<Branch>()} {}
PatternTree::~PatternTree() = default;

bool has_wildcard(std::string_view path) {
    return path.find('*') != std::string_view::npos;
}

std::string_view without_leading_slash(std::string_view path) {
    return path.starts_with('/') ? path.substr(1) : path;
}

void PatternTree::add(Leaf& leaf) {
    leaf.channel.rules == Generation::old ? place_glob(leaf) : place(leaf);
}

void PatternTree::place(Leaf& leaf) {
    std::string pattern = leaf.channel.path;
    pattern += widening(leaf.channel.text);
    if (pattern == "*") {
        leaf.home = root_.get();
        leaf.list = &root_->globs[{}];  // compared as a glob it takes everything, as it does here
        leaf.list->push_back(&leaf);
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
    leaf.home = &branch(segments);
    leaf.list = deep ? &leaf.home->deep : &leaf.home->ends;
    leaf.list->push_back(&leaf);
}

/// Goes below the whole literal segments that its pattern begins with.
void PatternTree::place_glob(Leaf& leaf) {
    const std::string_view pattern = leaf.channel.path;
    std::vector<std::string_view> segments;
    split_path(pattern.substr(0, pattern.find('*')), segments);
    segments.pop_back();  // not a whole segment, or empty
    const bool too_deep = segments.size() > max_pattern_segments;
    if (too_deep) {
        segments.resize(max_pattern_segments);
    }
    leaf.home = &branch(segments);
    leaf.list = &leaf.home->globs[std::string{too_deep ? "" : partial_segment(pattern)}];
    leaf.list->push_back(&leaf);
}

PatternTree::Branch& PatternTree::branch(const std::vector<std::string_view>& segments) {
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

void PatternTree::remove(Leaf& leaf) {
    if (leaf.home != nullptr) {
        take_from_list(leaf);
        prune(leaf.home);
    }
}

void PatternTree::take_from_list(Leaf& leaf) {
    erase_value(*leaf.list, &leaf);
    if (!leaf.list->empty()) {
        return;
    }
    auto& globs = leaf.home->globs;
    for (const auto key : {partial_segment(leaf.channel.path), std::string_view{}}) {
        const auto found = globs.find(key);
        if (found != globs.end() && &found->second == leaf.list) {
            globs.erase(found);
            return;
        }
    }
}

void PatternTree::prune(Branch* at) {
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

void PatternTree::match(ChannelWord word, std::string_view path, const Visit& visit) const {
    if (root_->empty()) {
        return;
    }
    std::vector<std::string_view> segments;
    split_path(path, segments);
    const auto collect = [&](const Leaf& leaf) {
        if (carries(leaf.channel.word, word)) {
            visit(leaf);
        }
    };
    std::vector<std::pair<const Branch*, std::size_t>> open{{root_.get(), 0}};
    while (!open.empty()) {
        const auto [at, depth] = open.back();
        open.pop_back();
        const auto left = segments.size() - depth;
        match_globs(*at, left == 0 ? std::string_view{} : segments[depth], word, path, visit);
        for (const Leaf* leaf : at->deep) {
            const int levels = leaf->channel.depth > 0 ? leaf->channel.depth : default_depth;
            if (left >= 1 && left <= static_cast<std::size_t>(levels)) {
                collect(*leaf);
            }
        }
        if (left == 0) {
            std::for_each(at->ends.begin(), at->ends.end(), [&](const Leaf* leaf) { collect(*leaf); });
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
void PatternTree::match_globs(
    const Branch& at, std::string_view segment, ChannelWord word, std::string_view path, const Visit& visit) {
    for_each_beginning(at.globs, segment, [&](const std::vector<Leaf*>& leaves) {
        for (const Leaf* leaf : leaves) {
            if (carries(leaf->channel.word, word) && matches_old(leaf->channel.path, path)) {
                visit(*leaf);
            }
        }
    });
}

}  // namespace happn::node
