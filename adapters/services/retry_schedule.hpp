// Whether a request is sent again, and when. Pure: time and chance are given.
#pragma once

#include <optional>
#include <string_view>

#include "gateway/clock.hpp"
#include "gateway/retry.hpp"

namespace services {

/// What an attempt came to that did not succeed.
struct FailedAttempt {
    int number = 1;                                // of this attempt, from 1
    int status = 0;                                // 0: no answer
    std::optional<gateway::Duration> retry_after;  // as the service asked
};

/// The wait before the next attempt; nullopt: there is none, since it is not to be tried again, or would come
/// at or after the deadline. A longer Retry-After counts instead of the rule's own wait.
std::optional<gateway::Duration> next_wait(const gateway::Retry& rule,
                                           const FailedAttempt& failed,
                                           double chance,
                                           gateway::TimePoint now,
                                           gateway::TimePoint deadline);

/// RFC 9110 section 10.2.3: seconds, or a date, from `now` on; nullopt: neither.
std::optional<gateway::Duration> read_retry_after(std::string_view text, gateway::WallTime now);

}  // namespace services
