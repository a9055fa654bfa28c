// What a source that waits (an HTTP request, an exchange call, an MQTT request) is given in the end: shaped
// by the route's `respond` or `errors`, and translated into the transport's own terms by the adapter.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "gateway/error.hpp"
#include "gateway/message.hpp"
#include "gateway/stream.hpp"

namespace gateway {

struct Response {
    std::optional<Error> error;      // set: the call failed
    int status = 200;                // HTTP status, also for errors (see default_status)
    bool own_status = false;         // the route's `respond` or `errors` gave it
    Payload body;                    // raw with no bytes: there is none
    std::vector<NameValue> headers;  // HTTP
    std::vector<NameValue> user;     // MQTT 5 user properties
    std::string etag;  // an entity tag's text, without quotes (RFC 9110 section 8.8.3); empty: none
    std::shared_ptr<OpenStream> stream;  // set: there is no body, but what this brings
};

/// Called exactly once, on the shard's thread, possibly before the call that took it returns.
using Responder = std::function<void(Response&&)>;

/// The HTTP status of an error that no `errors` entry shapes: Timeout 504, AccessDenied 403, Unavailable 503,
/// ...
int default_status(Errc errc);

}  // namespace gateway
