// What the gateway has counted, as its metrics say.
#pragma once

#include <cstdint>
#include <string>

#include "tests/support/gateway_process.hpp"

namespace support {

/// 0: it is not among them.
inline std::uint64_t counter(const GatewayProcess& gateway, const std::string& name) {
    const std::string text = gateway.metrics();
    const std::string line = "\nhappn_gateway_" + name + "_total ";
    const auto at = text.find(line);
    return at == std::string::npos ? 0 : std::stoull(text.substr(at + line.size()));
}

}  // namespace support
