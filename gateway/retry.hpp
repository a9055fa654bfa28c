// When something that has failed is tried again. Pure: chance is given.
#pragma once

#include <optional>
#include <vector>

#include "gateway/clock.hpp"

namespace gateway {

struct StatusRange {  // of HTTP statuses, or error codes like them; both ends included
    int first = 200;
    int last = 299;

    bool has(int status) const { return first <= status && status <= last; }
};

struct Retry {
    int max = 0;  // attempts beyond the first
    Duration backoff_min = std::chrono::seconds{1};
    Duration backoff_max = std::chrono::minutes{1};
    bool network = true;  // not reached, broken off, or no answer in time
    std::vector<StatusRange> statuses;
    std::optional<Duration> attempt;  // how long one attempt may take; absent: all that is left

    /// Is it tried again after this? 0: nobody answered.
    bool covers(int status) const;
    /// The wait after so many failures in a row, from 1. It doubles from `backoff_min` to `backoff_max`;
    /// `chance` (0..1) takes up to a half off, so that many who wait do not come back together.
    Duration wait(int failures, double chance) const;
};

}  // namespace gateway
