// Which publications have come already, by another of our overlapping channels. A mesh sends one publication
// once for each channel that matches it; each must be received once. Bounded; no I/O; single-threaded.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "adapters/happn/session_fsm.hpp"

namespace happn {

class Arrivals {
public:
    static constexpr std::size_t publications_remembered = 256;  // copies are next to each other
    static constexpr std::size_t stored_values_remembered = 100'000;

    /// Has this one come by another channel? Publications of one id that come by the same channel are several
    /// ones: a raw publisher may give all of its publications the same id. Stored values have no id; one of a
    /// path is enough for a session (its id) and a round of subscriptions.
    bool came_before(const Publication& publication, std::string_view session);
    /// The subscriptions have changed: what comes now may be asked for anew.
    void forget();

private:
    struct Copies {
        std::map<std::string, std::uint64_t, std::less<>> by_channel;
        std::uint64_t received = 0;
    };

    bool stored_value_came_before(const Publication& publication, std::string_view session);
    Copies& copies_of(const Publication& publication);

    std::map<std::string, Copies, std::less<>> recent_;
    std::deque<std::string> recent_order_;
    std::set<std::string, std::less<>> stored_;  // paths
    std::string session_;
};

}  // namespace happn
