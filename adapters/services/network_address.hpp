// Addresses that only the own network can reach: where a stranger's redirect must not lead. Pure.
#pragma once

#include <string>

namespace services {

/// Loopback, private, link-local, shared (RFC 6890), unspecified, multicast and reserved addresses, also as
/// IPv4 inside IPv6. What is no IP address counts as private.
bool is_private_address(const std::string& ip);

}  // namespace services
