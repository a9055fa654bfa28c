#include "adapters/rest/known_hosts.hpp"

#include <algorithm>

#include "adapters/rest/http_status.hpp"
#include "gateway/host_name.hpp"

namespace rest {
namespace {

using gateway::Security;

bool fits(std::string_view name, std::string_view pattern) {
    if (pattern == "*") return true;
    return pattern.starts_with("*.") ? name.ends_with(pattern.substr(1)) : name == pattern;
}

HttpReply misdirected(std::string_view authority) {
    return problem(421,
                   "the gateway does not answer to the name '" +
                       gateway::host_in(authority).value_or(std::string{authority}) +
                       "': 'rest: { hosts: [...] }' of its configuration lists those that it has");
}

}  // namespace

bool KnownHosts::has(std::string_view authority) const {
    if (gateway::no_page_is_at(authority)) return true;
    const auto host = gateway::host_in(authority);
    return host && !authority.starts_with('[') && lists(*host);
}

bool KnownHosts::lists(std::string_view name) const {
    return std::ranges::any_of(listed_, [&](const std::string& pattern) { return fits(name, pattern); });
}

bool KnownHosts::has_to_know(const HttpRequest& request, Security security) const {
    if (request.wants_websocket && !request.has_header("origin")) return false;
    return !listed_.empty() || (security != Security::secure && !request.over_tls);
}

/// A proxy's word for the name does not make up for one that is unknown: the page may have put it there.
std::optional<HttpReply> KnownHosts::refusal_of(const HttpRequest& request, Security security) const {
    if (!has_to_know(request, security)) return std::nullopt;
    for (const std::string_view authority : {request.header("host"), request.host})
        if (!has(authority)) return misdirected(authority);
    return std::nullopt;
}

}  // namespace rest
