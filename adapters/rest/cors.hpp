// Pages of other origins: which may use a mapped route, and what a browser is told about it (Fetch Standard,
// section 3.2, "CORS protocol"). A route that says nothing serves pages of its own origin, and whoever is no
// browser. Pure functions.
#pragma once

#include <string_view>
#include <vector>

#include "adapters/rest/http_message.hpp"
#include "gateway/route.hpp"

namespace rest {

/// Is the page that sends the request of an origin that the route lists? Requests without `Origin` are of no
/// page that would need it.
bool origin_listed(const HttpRequest& request, const gateway::HttpSource& source);

/// Adds what lets the page read the answer; nothing without a listed `Origin`. A route that lists origins
/// varies by them.
void allow_origin(HttpReply& reply, const HttpRequest& request, const gateway::HttpSource& source);

/// Does the request ask whether another may be sent?
bool is_preflight(const HttpRequest& request);

/// The answer for a route that lists the origin: `methods` as in `Allow`.
HttpReply preflight_reply(const HttpRequest& request,
                          const gateway::HttpSource& source,
                          std::string_view methods);

/// Would this request do something for a page that has no business here? A browser sends it on its own, with
/// no credential that the page would have to know.
bool is_forged(const HttpRequest& request, const gateway::HttpSource& source, bool has_token);

}  // namespace rest
