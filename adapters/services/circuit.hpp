// Leaves a service alone that fails again and again, so that callers are told at once and the service can
// recover. closed -> (failures in a row) -> open -> (pause) -> one request tries -> closed or open. Pure:
// time is given.
#pragma once

#include "gateway/clock.hpp"

namespace services {

class Circuit {
public:
    Circuit(int failures, gateway::Duration pause) : allowed_failures_{failures}, pause_{pause} {}

    /// May a request be sent now? While open, one may after each pause; it must be reported, or given up.
    bool try_enter(gateway::TimePoint now);
    void succeeded();
    /// True if the circuit has opened by it.
    bool failed(gateway::TimePoint now);
    /// A request that was let in ended without telling anything about the service.
    void gave_up();
    /// A request let in may end the pause; others are refused until it has.
    bool closed() const { return failures_ < allowed_failures_; }

private:
    int allowed_failures_;
    gateway::Duration pause_;
    int failures_ = 0;
    bool trying_ = false;
    gateway::TimePoint open_until_;
};

}  // namespace services
