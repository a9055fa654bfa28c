// For states that announce themselves by no event, such as an answer to a poll of ours: asked again, quickly,
// until it holds. Where there is an event, wait for the event.
#pragma once

#include <chrono>
#include <thread>

#include "tests/support/patience.hpp"

namespace support {

inline constexpr std::chrono::milliseconds poll_interval{10};

template <class Condition>
bool eventually(Condition condition, std::chrono::milliseconds limit = patience) {
    const auto deadline = Clock::now() + limit;
    while (!condition()) {
        if (Clock::now() > deadline) return false;
        std::this_thread::sleep_for(poll_interval);
    }
    return true;
}

}  // namespace support
