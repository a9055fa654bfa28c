// What must be right about a request's head beyond its syntax: one Host, one way to know where the body ends,
// a target of this server (RFC 9112 sections 3.2, 6.1 and 6.3). Pure.
#pragma once

#include <optional>

#include "adapters/rest/http_message.hpp"

namespace rest {

/// A reply refuses the request; the connection cannot go on after it, as what follows may be read in two
/// ways. An absolute-form target of this host becomes its path. `old`: HTTP/1.0.
std::optional<HttpReply> check_head(HttpRequest& request, bool old);

/// Only `100-continue` is known (RFC 9110 section 10.1.1); anything else gets 417.
std::optional<HttpReply> check_expectation(const HttpRequest& request);
/// Does the client keep its body until it is told `100 Continue`?
bool waits_for_go_ahead(const HttpRequest& request);

}  // namespace rest
