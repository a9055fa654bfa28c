// How long the gateway stays away from a mesh after a session has ended: twice as long each time, by why it
// ended. No clock, no I/O.
#pragma once

#include <cstddef>

#include "adapters/happn/session_fsm.hpp"
#include "gateway/clock.hpp"

namespace happn {

class Backoff {
public:
    /// After the first refusal (wrong credentials, a mesh we cannot speak to), and at most.
    static constexpr gateway::Duration refused_min = std::chrono::seconds{5};
    static constexpr gateway::Duration refused_max = std::chrono::minutes{2};
    /// A JavaScript client told primus::server::close never comes back. A gateway has nobody to restart it:
    /// it comes back late.
    static constexpr gateway::Duration dismissed = std::chrono::seconds{30};

    /// The pauses after a session that was lost: the first, and the longest. `nodes`: of the mesh, each of
    /// which is tried before the pause grows.
    Backoff(gateway::Duration lost_min, gateway::Duration lost_max, std::size_t nodes = 1)
        : lost_min_{lost_min}, lost_max_{lost_max}, nodes_{static_cast<unsigned>(nodes)} {}

    /// `chance` in [0, 1) adds up to a quarter, so that the clients of a mesh that comes back do not come all
    /// at once.
    gateway::Duration pause_after(Ending::Kind kind, double chance);
    void joined();
    unsigned lost_in_a_row() const { return lost_; }

private:
    gateway::Duration lost_min_;
    gateway::Duration lost_max_;
    unsigned nodes_;
    unsigned lost_ = 0;
    unsigned refused_ = 0;
};

}  // namespace happn
