#include "adapters/happn/backoff.hpp"

#include <algorithm>

namespace happn {

using gateway::Duration;

namespace {

Duration doubled(Duration first, Duration longest, unsigned times) {
    auto pause = first;
    for (unsigned i = 0; i < times && pause < longest; ++i) {
        pause *= 2;
    }
    return std::min(pause, longest);
}

}  // namespace

Duration Backoff::pause_after(Ending::Kind kind, double chance) {
    Duration pause{};
    switch (kind) {
        case Ending::Kind::dismissed:
            pause = dismissed;
            break;
        case Ending::Kind::refused:
            pause = doubled(refused_min, refused_max, refused_++);
            break;
        case Ending::Kind::lost:
            pause = doubled(lost_min_, lost_max_, lost_++ / nodes_);
            break;
    }
    return pause + std::chrono::duration_cast<Duration>(pause * chance / 4);
}

void Backoff::joined() {
    lost_ = 0;
    refused_ = 0;
}

}  // namespace happn
