// The two clocks of the gateway. Deadlines are absolute points of the steady clock, made once where a request
// enters and passed along, never restarted. Wall time is milliseconds since 1970, as happn counts it.
#pragma once

#include <chrono>
#include <cstdint>

namespace gateway {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Duration = Clock::duration;
using Milliseconds = std::chrono::milliseconds;

/// Milliseconds since 1970.
using WallTime = std::int64_t;

inline WallTime wall_now() {
    return std::chrono::duration_cast<Milliseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

}  // namespace gateway
