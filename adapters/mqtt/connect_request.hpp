// What the connections to one broker have in common: address, credentials, protocol, limits. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "adapters/mqtt/wire.hpp"
#include "gateway/settings.hpp"

namespace gateway::mqtt {

/// Of a connection without a session that the broker keeps, and without a last will.
ConnectRequest connect_request(const BrokerSettings& settings, const std::string& client_id);

Protocol protocol_of(const BrokerSettings& settings);

/// Rounded down, and brought between the two.
std::chrono::seconds whole_seconds(Duration duration, std::int64_t least, std::int64_t most);

}  // namespace gateway::mqtt
