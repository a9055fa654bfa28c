#include "adapters/happn/node/store/memory_store.hpp"

#include <algorithm>
#include <utility>

#include "adapters/happn/node/store/path_scan.hpp"

namespace happn::node {

namespace {

std::size_t size_of(const std::pair<const std::string, Item>& entry) {
    return entry.first.size() + entry.second.data.size();
}

ItemView view_of(const std::pair<const std::string, Item>& entry) {
    return {entry.first, entry.second.data, entry.second.times, entry.second.tag};
}

}  // namespace

bool MemoryStore::Backwards::operator()(std::string_view a, std::string_view b) const {
    return std::lexicographical_compare(a.rbegin(), a.rend(), b.rbegin(), b.rend());
}

class MemoryStore::HeadCursor {
public:
    HeadCursor(const Items& items, std::string_view head)
        : at_{items.lower_bound(head)}, end_{items.end()}, head_{head} {}

    std::optional<std::string_view> next() {
        if (at_ == end_ || !at_->first.starts_with(head_)) {
            return std::nullopt;
        }
        return (at_++)->first;
    }

private:
    Items::const_iterator at_, end_;
    std::string_view head_;
};

class MemoryStore::TailCursor {
public:
    TailCursor(const ByEnd& by_end, std::string_view tail)
        : at_{by_end.lower_bound(tail)}, end_{by_end.end()}, tail_{tail} {}

    std::optional<std::string_view> next() {
        if (at_ == end_ || !(*at_)->first.ends_with(tail_)) {
            return std::nullopt;
        }
        return (*at_++)->first;
    }

private:
    ByEnd::const_iterator at_, end_;
    std::string_view tail_;
};

gateway::Result<std::optional<Item>> MemoryStore::get(std::string_view path) {
    const auto found = items_.find(path);
    return found == items_.end() ? std::nullopt : std::optional{found->second};
}

std::vector<std::string> MemoryStore::paths(std::string_view pattern) const {
    const PatternEnds ends{pattern};
    auto found = matching_paths(pattern, HeadCursor{items_, ends.head}, TailCursor{by_end_, ends.tail});
    std::sort(found.begin(), found.end());
    return found;
}

gateway::Result<void> MemoryStore::find(std::string_view pattern, const Visit& visit) {
    if (!has_star(pattern)) {
        if (const auto found = items_.find(pattern); found != items_.end()) {
            visit(view_of(*found));
        }
        return {};
    }
    const PatternEnds ends{pattern};
    if (ends.tail.empty()) {
        visit_range(pattern, ends.head, visit);
        return {};
    }
    for (const std::string& path : paths(pattern)) {
        if (!visit(view_of(*items_.find(path)))) {
            break;
        }
    }
    return {};
}

void MemoryStore::visit_range(std::string_view pattern, std::string_view head, const Visit& visit) const {
    for (auto at = items_.lower_bound(head); at != items_.end() && at->first.starts_with(head); ++at) {
        if (matches_stored(pattern, at->first) && !visit(view_of(*at))) {
            return;
        }
    }
}

gateway::Result<Times> MemoryStore::put(std::string_view path, const Item& item) {
    auto at = items_.find(path);
    const bool known = at != items_.end();
    const std::size_t others = known ? bytes_ - size_of(*at) : bytes_;
    const std::size_t own = path.size() + item.data.size();
    if ((!known && items_.size() >= limits_.items) || own > limits_.bytes - others) {
        return store_full();
    }
    if (known) {
        at->second.data = item.data;
        at->second.tag = item.tag;
        at->second.times.modified = item.times.modified;
    } else {
        at = items_.emplace(std::string{path}, item).first;
        by_end_.insert(at);
    }
    bytes_ = others + own;
    return at->second.times;
}

void MemoryStore::erase(Items::const_iterator at) {
    bytes_ -= size_of(*at);
    by_end_.erase(at);
    items_.erase(at);
}

gateway::Result<std::size_t> MemoryStore::remove(std::string_view pattern) {
    return remove_paths(has_star(pattern) ? paths(pattern) : std::vector{std::string{pattern}});
}

gateway::Result<std::size_t> MemoryStore::remove_paths(const std::vector<std::string>& paths) {
    std::size_t removed = 0;
    for (const std::string& path : paths) {
        if (const auto at = items_.find(path); at != items_.end()) {
            erase(at);
            ++removed;
        }
    }
    return removed;
}

}  // namespace happn::node
