// When to try again after a lost connection: exponential backoff with jitter, forgotten once a connection has
// held. Also notices the pattern of two clients that take each other's session over. No I/O; virtual time.
#pragma once

#include <algorithm>
#include <optional>

#include "gateway/clock.hpp"

namespace gateway::mqtt {

class Reconnect {
public:
    static constexpr Duration steady =
        std::chrono::seconds{10};  // a connection that lasts this long is a good one
    static constexpr int suspicious_losses = 3;

    Reconnect(Duration shortest, Duration longest)
        : shortest_{shortest}, longest_{longest}, next_{shortest} {}

    void connected(TimePoint now) { connected_at_ = now; }

    /// How long to wait; `chance` in [0,1) spreads it over the upper half, so that many gateways do not come
    /// at once.
    Duration lost(TimePoint now, double chance) {
        const bool held = connected_at_ && now - *connected_at_ >= steady;
        short_lived_ = connected_at_ && !held ? short_lived_ + 1 : 0;
        connected_at_.reset();
        if (held) next_ = shortest_;
        const Duration full = next_;
        next_ = std::min(longest_, next_ * 2);
        return full / 2 + std::chrono::duration_cast<Duration>((full / 2) * chance);
    }

    /// Lost soon after connecting, several times in a row: the broker does not say so, but that is what it
    /// looks like when another client uses the same id.
    bool taken_over() const { return short_lived_ >= suspicious_losses; }

private:
    Duration shortest_, longest_, next_;
    std::optional<TimePoint> connected_at_;
    int short_lived_ = 0;
};

}  // namespace gateway::mqtt
