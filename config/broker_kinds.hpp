// Kinds of values that the settings of a broker have. Start-up only.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "config/section.hpp"
#include "gateway/principal.hpp"

namespace config {

inline constexpr std::uint16_t default_mqtt_port = 1883;
inline constexpr std::uint16_t default_mqtts_port = 8883;
inline constexpr std::uint16_t default_http_port = 80;
inline constexpr std::uint16_t default_https_port = 443;

/// `tcp://host:port`, `ssl://host:port`, also written mqtt:// and mqtts://; gives the former. Or
/// `ws://host:port/path`, `wss://host:port/path`.
Kind<std::string> broker_url();
/// `5`, `3` or `3.1.1`; gives 5 or 3.
Kind<int> mqtt_version();
/// `[mqtt]`: protocols of ALPN, of 1 to 255 bytes each (RFC 7301 section 3.1).
Kind<std::vector<std::string>> protocol_names();
/// `{ Authorization: "${TOKEN}" }`: header fields of the request for a websocket.
Kind<std::vector<std::pair<std::string, gateway::Secret>>> header_fields();

}  // namespace config
