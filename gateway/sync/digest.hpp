// Two values in a number each, so that equal values give equal numbers. Pure functions.
#pragma once

#include "gateway/message.hpp"
#include "gateway/sync/known_values.hpp"

namespace gateway::sync {

/// Of what a topic holds: the bytes.
Digest digest_of_bytes(const Payload& payload);

/// Of what a mesh holds: the JSON value, as a mesh may write `1.50` as `1.5` and the members of an object in
/// another order.
Digest digest_of_value(const Payload& payload);

}  // namespace gateway::sync
