// Answers that may be given again for a while. Bounded in bytes; what was used longest ago goes first. Keys
// are hashes of whole requests, since those hold credentials. Pure: time is given.
#pragma once

#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

#include "gateway/clock.hpp"
#include "gateway/message.hpp"

namespace services {

class ResponseCache {
public:
    explicit ResponseCache(std::size_t max_bytes) : max_bytes_{max_bytes} {}

    std::optional<gateway::Payload> find(const std::string& key, gateway::TimePoint now);
    /// An answer larger than all the cache may hold is not kept.
    void keep(const std::string& key, const gateway::Payload& answer, gateway::TimePoint until);
    std::size_t bytes() const { return bytes_; }

private:
    struct Entry {
        std::string key;
        gateway::Payload answer;
        gateway::TimePoint until;
    };
    using Entries = std::list<Entry>;

    void erase(Entries::iterator entry);
    static std::size_t cost(const Entry& entry);

    std::size_t max_bytes_;
    std::size_t bytes_ = 0;
    Entries entries_;  // the last used first
    std::unordered_map<std::string, Entries::iterator> by_key_;
};

}  // namespace services
