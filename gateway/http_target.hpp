// A target that is a request to an HTTP service, compiled. Plain data, immutable once it is in a
// RoutingTable; what it means on the wire is adapters/services/. Its secrets are never formatted: see Secret.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/clock.hpp"
#include "gateway/expression/template.hpp"
#include "gateway/expression/url_template.hpp"
#include "gateway/principal.hpp"
#include "gateway/retry.hpp"
#include "gateway/settings.hpp"

namespace gateway {

/// RFC 6750 (bearer) or RFC 7617 (basic); neither: nothing is sent.
struct HttpCredential {
    Secret bearer;
    std::string username;
    Secret password;
};

/// HMAC-SHA256 of the body, so that who receives a webhook can tell whom it is from.
struct HttpSignature {
    Secret secret;
    std::string header;  // "sha256=<hexadecimal digits>" is sent in it
    std::string
        timestamp_header;  // not empty: seconds since 1970 are sent in it, and signed as "<time>.<body>"
};

inline constexpr std::size_t default_max_response = std::size_t{4} * 1024 * 1024;

struct HttpTarget {
    std::string method;  // upper case
    UrlTemplate url;
    std::vector<std::pair<std::string, Template>> headers;
    std::vector<StatusRange> ok = {StatusRange{}};  // any other status is an HttpError
    HttpCredential credential;
    std::optional<HttpSignature> signature;
    Retry retry;                    // all attempts within the target's timeout
    std::size_t concurrency = 0;    // requests of this target at once; 0: no limit but the host's
    std::optional<Duration> cache;  // GET only: how long an answer may be given again
    TlsSettings tls;
    int redirects = 0;               // followed at most; GET and HEAD only
    bool private_addresses = false;  // a redirect to another host may lead into the private network
    std::size_t max_response = default_max_response;  // bytes of the body, unpacked
    bool sends_body = false;
};

}  // namespace gateway
