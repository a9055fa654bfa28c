// The host that a request is meant for, as its `Host` says. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gateway {

/// "gw.example" of "GW.example.:8080", "::1" of "[::1]:8080"; nullopt if it is not written as a host and
/// maybe a port (RFC 9110 section 7.2).
std::optional<std::string> host_in(std::string_view authority);

/// Where no page of the Internet can be, whatever its own name resolves to ("DNS rebinding"): an address,
/// which nobody can make resolve to another; `localhost` and what is below it (RFC 6761 section 6.3); a name
/// without a dot, which is one of the own network, as top-level domains have no hosts; and no name at all,
/// which no browser sends.
bool no_page_is_at(std::string_view authority);

}  // namespace gateway
