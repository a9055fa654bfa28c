#include "adapters/rest/known_hosts.hpp"

#include <algorithm>

#include "adapters/rest/http_status.hpp"
#include "gateway/ip_network.hpp"

namespace rest {
namespace {

using gateway::Security;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Of "GW.example:8080" the length of the name, of "[::1]:8080" that of the brackets and what they hold.
std::size_t host_size(std::string_view authority) {
    if (!authority.starts_with('[')) return std::min(authority.find(':'), authority.size());
    const auto bracket = authority.find(']');
    return bracket == std::string_view::npos ? 0 : bracket + 1;
}

/// "gw.example" of "GW.example.:8080", "::1" of "[::1]:8080"; nullopt if it is not written as a host and
/// maybe a port (RFC 9110 section 7.2).
std::optional<std::string> host_in(std::string_view authority) {
    const std::size_t size = host_size(authority);
    const std::string_view port = authority.substr(size);
    if (!port.empty() && (size == 0 || port.front() != ':' || !std::ranges::all_of(port.substr(1), is_digit)))
        return std::nullopt;
    std::string_view host = authority.substr(0, size);
    if (host.starts_with('[')) return std::string{host.substr(1, host.size() - 2)};
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
                   "the gateway does not answer to the name '" +
                       host_in(authority).value_or(std::string{authority}) +
                       "': 'rest: { hosts: [...] }' of its configuration lists those that it has");
}

}  // namespace

bool KnownHosts::has(std::string_view authority) const {
    const auto host = host_in(authority);
    if (!host) return false;
    if (authority.starts_with('[')) return gateway::parse_ip(*host).has_value();
    const bool dotless = host->find('.') == std::string::npos;
    return dotless || gateway::parse_ip(*host) || is_of_this_machine(*host) || lists(*host);
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
