// Expands one target of a route for one message: address, body, options. Pure; the dispatcher hands the
// result to a sink.
#pragma once

#include <string>

#include "gateway/expression/template.hpp"
#include "gateway/ports.hpp"
#include "gateway/route.hpp"

namespace gateway {

/// `evaluation.out` is what the target sends unless it has a body of its own. Sets everything but principal
/// and deadline.
Expanded<Output> build_output(const Target& target, const Evaluation& evaluation, Action action);

}  // namespace gateway
