// TCP_NODELAY for sockets that a library opened and keeps to itself. Linux; any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace gateway::mqtt {

/// Sets TCP_NODELAY on every TCP socket of this process that is connected to this port: which of them is the
/// library's is not known, and the others have it anyway.
void send_without_delay(std::uint16_t port);

/// Of "tcp://host:port"; 1883 when it says none.
std::uint16_t port_of(std::string_view url);

}  // namespace gateway::mqtt
