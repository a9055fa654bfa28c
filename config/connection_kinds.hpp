// Kinds of values that only gateway.yaml has: URLs of meshes, lists of listeners, networks, host names.
// Start-up only.
#pragma once

#include <string>
#include <vector>

#include "config/section.hpp"
#include "gateway/listener_settings.hpp"

namespace config {

inline constexpr std::uint16_t default_happn_port = 55000;

/// `ws://host:port`, `wss://host:port`, or a list of them.
Kind<std::vector<gateway::MeshUrl>> mesh_urls();
/// Certificates or keys as a PEM text.
Kind<std::string> pem();
/// `"127.0.0.1:8080"`, `{ address: "127.0.0.1:8080", tls: {...} }`, or a list of those.
Kind<std::vector<gateway::ListenerSettings>> listeners();
/// `["10.0.0.0/8", "192.0.2.7"]`
Kind<std::vector<gateway::IpNetwork>> networks();
/// `["gateway.example", "*.plant.example"]`, or `"*"`; gives them in lower case.
Kind<std::vector<std::string>> host_patterns();
/// `50/s`, `5/m`
Kind<std::optional<double>> rate();
/// `[bearer, query, cookie]`
Kind<gateway::RestSettings> token_places();

}  // namespace config
