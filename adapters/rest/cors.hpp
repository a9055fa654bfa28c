// Pages of other origins: which may use a mapped route, and what a browser is told about it (Fetch Standard,
// section 3.2, "CORS protocol"). A route that says nothing serves pages of its own origin, and whoever is no
// browser. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "adapters/rest/http_message.hpp"
#include "gateway/route.hpp"

namespace rest {

/// Is the page that sends the request of an origin that the route lists? Requests without `Origin` are of no
/// page that would need it.
bool origin_listed(const HttpRequest& request, const gateway::HttpSource& source);

/// What lets the page that has sent a request read the answer to it. Outlives the request.
class OriginGrant {
public:
    OriginGrant() = default;  // lets nobody
    OriginGrant(const HttpRequest& request, const gateway::HttpSource& source);

    /// Nothing of it for a page that is not listed. A route that lists origins varies by them in any case.
    void add_to(HttpReply& reply) const;

private:
    friend HttpReply preflight_reply(const HttpRequest&, const gateway::HttpSource&, std::string_view);
    void add_origin(HttpReply& reply) const;

    std::string origin_;  // that is let; empty: none is
    bool varies_ = false;
};

/// Does the request ask whether another may be sent?
bool is_preflight(const HttpRequest& request);

/// The answer for a route that lists the origin: `methods` that the page may use, as in `Allow`.
HttpReply preflight_reply(const HttpRequest& request,
                          const gateway::HttpSource& source,
                          std::string_view methods);

/// Would this request do something for a page that has no business here? A browser sends it on its own, with
/// no credential that the page would have to know.
bool is_forged(const HttpRequest& request, const gateway::HttpSource& source, bool has_token);

}  // namespace rest
