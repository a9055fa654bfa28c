// How an execution ends, as the sum rule counts it. Pure functions.
#pragma once

#include <optional>
#include <string>

#include "gateway/error.hpp"
#include "gateway/executions.hpp"
#include "gateway/metrics.hpp"

namespace gateway {

struct Ending {
    Fate fate = Fate::delivered;
    std::string reason;
};

/// A refusal by whoever may refuse is `refused`; a target that could not be reached, or not in time, is
/// `dropped`.
Ending ending_of(const Error& error);
Ending ending_of(const Failure& failure);

/// What a source that waits is told about an ending that came before any target was tried. None: nothing went
/// wrong.
std::optional<Error> error_of(const Ending& ending);

}  // namespace gateway
