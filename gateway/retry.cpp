#include "gateway/retry.hpp"

#include <algorithm>

namespace gateway {
namespace {

constexpr int most_doublings = 30;  // beyond any `backoff_max`, and no overflow

}  // namespace

bool Retry::covers(int status) const {
    if (status == 0) return network;
    return std::ranges::any_of(statuses, [&](const StatusRange& range) { return range.has(status); });
}

Duration Retry::wait(int failures, double chance) const {
    Duration wait = backoff_min;
    for (int i = 1; i < std::min(failures, most_doublings) && wait < backoff_max; ++i)
        wait *= 2;
    const auto whole = std::chrono::duration<double>(std::min(wait, backoff_max));
    return std::chrono::duration_cast<Duration>(whole * (1.0 - chance / 2));
}

}  // namespace gateway
