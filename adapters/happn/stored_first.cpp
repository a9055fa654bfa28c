#include "adapters/happn/stored_first.hpp"

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>

#include "gateway/json.hpp"

namespace happn {

namespace {

std::optional<std::uint64_t> modified(std::string_view meta) {
    return as_unsigned(gateway::json::member(meta, "modified").value_or(""));
}

}  // namespace

bool StoredFirst::hold(const Publication& publication) {
    if (held_.size() >= max_held) {
        return false;
    }
    held_.push_back({std::string{publication.path},
                     std::string{publication.data},
                     std::string{publication.meta},
                     std::string{publication.publication_id},
                     publication.removed,
                     publication.receipt});
    if (publication.receipt) {
        publication.receipt->share();
    }
    return true;
}

void StoredFirst::release(const std::vector<StoredItem>& stored,
                          std::string_view channel,
                          const SessionFsm::OnPublication& pass) {
    std::unordered_map<std::string_view, std::uint64_t> known;
    for (const StoredItem& item : stored) {
        known[item.path] = modified(item.meta).value_or(0);
        pass({.channel = channel, .path = item.path, .data = item.data, .meta = item.meta, .initial = true});
    }
    for (const Held& held : std::exchange(held_, {})) {
        const auto same = known.find(held.path);
        const auto time = modified(held.meta);
        if (same == known.end() || !time || *time > same->second) {
            pass({.channel = channel,
                  .path = held.path,
                  .data = held.data,
                  .meta = held.meta,
                  .publication_id = held.publication_id,
                  .removed = held.removed,
                  .receipt = held.receipt});
        }
        if (held.receipt) {
            held.receipt->end(gateway::Fate::delivered);
        }
    }
}

}  // namespace happn
