// Addresses of sockets, and which of them only the own network can reach: where a stranger's redirect must
// not lead. Pure.
#pragma once

#include <sys/socket.h>

#include <string>

namespace services {

/// As text, and in the host's order; empty and 0 where it is no address of the internet.
std::string ip_of(const sockaddr& address);
int port_of(const sockaddr& address);

/// Loopback, private, link-local, shared (RFC 6890), unspecified, multicast and reserved addresses, also as
/// IPv4 inside IPv6. What is no IP address counts as private.
bool is_private_address(const std::string& ip);

}  // namespace services
