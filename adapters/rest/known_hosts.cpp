#include "adapters/rest/known_hosts.hpp"

#include <algorithm>

#include "adapters/rest/http_status.hpp"
#include "gateway/ip_network.hpp"

namespace rest {
namespace {

using gateway::Security;

/// "gw.example" of "GW.example.:8080", "::1" of "[::1]:8080".
std::string host_in(std::string_view authority) {
    if (authority.starts_with('[')) return std::string{authority.substr(1, authority.find(']') - 1)};
    std::string_view host = authority.substr(0, authority.find(':'));
    if (host.ends_with('.')) host.remove_suffix(1);
    return lower_case(host);
}

bool is_of_this_machine(std::string_view name) {
    return name == "localhost" || name.ends_with(".localhost");
}

bool fits(std::string_view name, std::string_view pattern) {
    if (pattern == "*") return true;
    return pattern.starts_with("*.") ? name.ends_with(pattern.substr(1)) : name == pattern;
}

HttpReply misdirected(std::string_view authority) {
    return problem(421,
                   "the gateway does not answer to the name '" + host_in(authority) +
                       "': 'rest: { hosts: [...] }' of its configuration lists those that it has");
}

}  // namespace

bool KnownHosts::has(std::string_view authority) const {
    const std::string host = host_in(authority);
    const bool dotless = host.find('.') == std::string::npos;
    return dotless || gateway::parse_ip(host) || is_of_this_machine(host) || lists(host);
}

bool KnownHosts::lists(std::string_view name) const {
    return std::ranges::any_of(listed_, [&](const std::string& pattern) { return fits(name, pattern); });
}

bool KnownHosts::has_to_know(const HttpRequest& request, Security security) const {
    if (request.wants_websocket && !request.has_header("origin")) return false;
    return !listed_.empty() || (security == Security::insecure && !request.over_tls);
}

/// A proxy's word for the name does not make up for one that is unknown: the page may have put it there.
std::optional<HttpReply> KnownHosts::refusal_of(const HttpRequest& request, Security security) const {
    if (!has_to_know(request, security)) return std::nullopt;
    for (const std::string_view authority : {request.header("host"), request.host})
        if (!has(authority)) return misdirected(authority);
    return std::nullopt;
}

}  // namespace rest
