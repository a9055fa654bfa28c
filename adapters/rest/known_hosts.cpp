#include "adapters/rest/known_hosts.hpp"

#include "adapters/rest/http_status.hpp"

namespace rest {
namespace {

using gateway::Security;

HttpReply misdirected(std::string_view authority) {
    return problem(421,
                   "the gateway does not answer to the name '" + gateway::shown_host(authority) +
                       "': 'rest: { hosts: [...] }' of its configuration lists those that it has");
}

}  // namespace

bool KnownHosts::has_to_know(const HttpRequest& request, Security security) const {
    if (request.wants_websocket && !request.has_header("origin")) return false;
    return names_.has_list() || (security != Security::secure && !request.over_tls);
}

/// A proxy's word for the name does not make up for one that is unknown: the page may have put it there.
std::optional<HttpReply> KnownHosts::refusal_of(const HttpRequest& request, Security security) const {
    if (!has_to_know(request, security)) return std::nullopt;
    for (const std::string_view authority : {request.header("host"), request.host})
        if (!names_.has(authority)) return misdirected(authority);
    return std::nullopt;
}

}  // namespace rest
