// Leaves a service alone that fails again and again, so that callers are told at once and the service can
// recover. closed -> (failures in a row) -> open -> (pause) -> one request tries -> closed or open. Pure:
// time is given.
#pragma once

#include <cstdint>
#include <optional>

#include "gateway/clock.hpp"

namespace services {

class Circuit {
public:
    /// How a request was let in; it is shown when the request ends.
    enum class Pass : std::uint8_t {
        usual,  // the circuit was closed
        trial,  // the one request after a pause
    };

    Circuit(int failures, gateway::Duration pause) : allowed_failures_{failures}, pause_{pause} {}

    /// May a request be sent now? nullopt: no. Each one let in succeeds, fails or gives up.
    std::optional<Pass> try_enter(gateway::TimePoint now);
    void succeeded();
    /// True if the circuit has opened by it. What was sent before a circuit opened does not prolong its
    /// pause.
    bool failed(Pass pass, gateway::TimePoint now);
    /// It ended without telling anything about the service.
    void gave_up(Pass pass);

private:
    bool closed() const { return failures_ < allowed_failures_; }

    int allowed_failures_;
    gateway::Duration pause_;
    int failures_ = 0;
    bool trying_ = false;
    gateway::TimePoint open_until_;
};

}  // namespace services
