#include "adapters/happn/node/store.hpp"

#include <unordered_map>
#include <utility>

#include "adapters/happn/frame.hpp"
#include "adapters/happn/json_scan.hpp"
#include "adapters/happn/paths.hpp"

namespace happn::node {

namespace {

std::size_t size_of(const std::pair<const std::string, Item>& entry) {
    return entry.first.size() + entry.second.data.size();
}

}  // namespace

const Item* Store::get(std::string_view path) const {
    const auto found = items_.find(path);
    return found == items_.end() ? nullptr : &found->second;
}

/// Only the range of paths that begin with the pattern's literal head is looked at.
template <typename Visit>
void Store::visit(std::string_view pattern, Visit&& visit) const {
    const auto star = pattern.find('*');
    if (star == std::string_view::npos) {
        const auto found = items_.find(pattern);
        if (found != items_.end()) {
            visit(found);
        }
        return;
    }
    const auto head = pattern.substr(0, star);
    for (auto at = items_.lower_bound(head); at != items_.end() && at->first.starts_with(head);) {
        const auto next = std::next(at);
        if (matches_stored(pattern, at->first)) {
            visit(at);
        }
        at = next;
    }
}

std::vector<Stored> Store::find(std::string_view pattern) const {
    std::vector<Stored> found;
    visit(pattern, [&](Items::const_iterator at) { found.push_back({at->first, &at->second}); });
    return found;
}

const Item* Store::set(std::string_view path, std::string data, gateway::WallTime now) {
    auto at = items_.find(path);
    const bool known = at != items_.end();
    const std::size_t others = known ? bytes_ - size_of(*at) : bytes_;
    const std::size_t own = path.size() + data.size();
    if ((!known && items_.size() >= max_items_) || own > max_bytes_ - others) {
        return nullptr;
    }
    if (!known) {
        at = items_.emplace(std::string{path}, Item{{}, now, now}).first;
    }
    bytes_ = others + own;
    at->second.data = std::move(data);
    at->second.modified = now;
    return &at->second;
}

const Item* Store::merge(std::string_view path, std::string_view data, gateway::WallTime now) {
    const Item* present = get(path);
    return set(path, present == nullptr ? std::string{data} : merged(present->data, data), now);
}

std::size_t Store::remove(std::string_view pattern) {
    std::size_t removed = 0;
    visit(pattern, [&](Items::const_iterator at) {
        bytes_ -= size_of(*at);
        items_.erase(at);
        ++removed;
    });
    return removed;
}

std::string stored_form(std::string_view data) {
    if (data.empty()) {
        return "{}";
    }
    std::string out;
    ObjectWriter writer{out};
    if (data.front() != '{') {
        writer.raw("value", data).end();
        return out;
    }
    bool has_meta = false;
    scan::members(data,
                  [&](std::string_view key, std::string_view) { has_meta = has_meta || key == "\"_meta\""; });
    if (!has_meta) {
        return std::string{data};
    }
    std::string kept;
    scan::members(data, [&](std::string_view key, std::string_view value) {
        if (key != "\"_meta\"") {
            kept.append(kept.empty() ? "" : ",").append(key).append(1, ':').append(value);
        }
    });
    return "{" + kept + "}";
}

std::string merged(std::string_view base, std::string_view changes) {
    std::vector<std::pair<std::string_view, std::string_view>> members;
    std::unordered_map<std::string_view, std::size_t> places;
    const auto put = [&](std::string_view key, std::string_view value) {
        const auto [place, added] = places.emplace(key, members.size());
        if (added) {
            members.emplace_back(key, value);
        } else {
            members[place->second].second = value;
        }
    };
    scan::members(base, put);
    scan::members(changes, put);
    std::string out{"{"};
    for (const auto& [key, value] : members) {
        out.append(out.size() > 1 ? "," : "").append(key).append(1, ':').append(value);
    }
    return out += '}';
}

}  // namespace happn::node
