// What the body of an HTTP request becomes for a route. Pure functions.
#pragma once

#include "gateway/error.hpp"
#include "gateway/payload.hpp"
#include "gateway/route.hpp"

namespace gateway {

/// Would the route store, send or read what is not there, if a request of a method that has a body came
/// without one? A call without arguments, and a service's request without a body, are what they are; a value
/// must have been sent.
bool needs_body(const Route& route);

/// `raw` is the body as it came. JSON is left to the dispatcher to validate; the others become what routes
/// work on here. Errors: Errc::bad_request - it is not of the source's kind, or there is none.
Result<Payload> decode_body(Payload raw, const HttpSource& source);

}  // namespace gateway
