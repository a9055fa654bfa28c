// What the body of an HTTP request becomes for a route.
#pragma once

#include "gateway/error.hpp"
#include "gateway/payload.hpp"
#include "gateway/route.hpp"

namespace gateway {

/// `raw` is the body as it came. JSON is left to the dispatcher to validate; the others become what routes
/// work on here.
Result<Payload> decode_body(Payload raw, HttpSource::Body kind);

}  // namespace gateway
