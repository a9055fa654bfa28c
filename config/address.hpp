// Addresses as the configuration writes them: `127.0.0.1:8080` of a listener, `ws://mesh:55000` and
// `tcp://broker:1883` of a connection. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/settings.hpp"

namespace config {

/// `host:port` or `[v6]:port`; the brackets are not part of the host. nullopt: not written so, or no port
/// from 0 to 65535.
std::optional<gateway::Endpoint> parse_endpoint(std::string_view text);

struct Url {
    std::string scheme;      // in lower case
    std::string host;        // without brackets
    std::uint16_t port = 0;  // 0: none given
    std::string rest;        // path and query as written, may be empty
};

/// `scheme://host[:port][/...]`. A URL with user information (`user:password@`) is refused like any other
/// that is not written so: credentials have keys of their own.
std::optional<Url> parse_url(std::string_view text);

/// `gateway.example`, `*.plant.example` or `*`, in lower case. nullopt: not written so.
std::optional<std::string> parse_host_pattern(std::string_view text);

/// An IPv4 or IPv6 address, not a name.
bool is_ip(const std::string& host);
/// 127.0.0.0/8, ::1 or the name localhost.
bool is_loopback(const std::string& host);
/// 0.0.0.0 or ::, which stand for all addresses of the machine.
bool is_any(const std::string& host);

/// As parse_endpoint reads it.
std::string endpoint_text(const gateway::Endpoint& endpoint);

}  // namespace config
