// The answers to requests that are not to be executed twice. Bounded in keys and bytes: of those that are
// answered, the one that was asked for longest ago makes room; those under way stay. In memory only. Pure:
// time is given.
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

#include "adapters/rest/http_message.hpp"
#include "gateway/clock.hpp"
#include "gateway/listener_settings.hpp"

namespace rest {

class IdempotencyStore {
public:
    enum class Found : std::uint8_t {
        nothing,   // the request is to be executed: keep() or release() follows
        running,   // the first one has no answer yet
        another,   // the key belongs to a different request
        answered,  // with `answer`
        lost,      // executed, but the answer was larger than all that may be kept
        full,      // as many as may be are under way
    };
    struct Admission {
        Found found = Found::nothing;
        std::optional<HttpReply> answer;
    };

    explicit IdempotencyStore(gateway::IdempotencySettings settings) : settings_{settings} {}

    /// `fingerprint`: what a request must have in common with the first one to be the same.
    Admission begin(const std::string& key, const std::string& fingerprint, gateway::TimePoint now);
    /// It has been executed: from now on this is the answer.
    void keep(const std::string& key, const HttpReply& answer, gateway::TimePoint now);
    /// It has not been executed: the key is free again.
    void release(const std::string& key);

    std::size_t keys() const { return entries_.size(); }
    std::size_t bytes() const { return bytes_; }

private:
    struct Entry {
        std::string fingerprint;
        bool running = true;
        std::optional<HttpReply> answer;
        std::size_t cost = 0;
        gateway::TimePoint until;
        std::list<std::string>::iterator place;  // in answered_, unless it is running
    };
    using Entries = std::unordered_map<std::string, Entry>;

    Admission again(Entry& entry, const std::string& fingerprint);
    bool make_room();
    void erase(Entries::iterator entry);

    gateway::IdempotencySettings settings_;
    std::size_t bytes_ = 0;
    Entries entries_;
    std::list<std::string> answered_;  // the keys; the last asked for first
};

}  // namespace rest
