// How long tests wait for events: far longer than anything takes, since a wait ends with its event.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>

namespace support {

using Clock = std::chrono::steady_clock;

inline constexpr std::chrono::seconds patience{20};

/// What a test waited for did not happen. The text says what, and shows what happened instead.
struct WaitFailed : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace support
