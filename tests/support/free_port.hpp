// Ports for servers that tests start. Thread-safe.
#pragma once

#include <cstdint>

namespace support {

/// A TCP port of 127.0.0.1 on which nothing listens, below the range that outgoing connections take theirs
/// from. It is this process' alone as long as that lives: no other test that runs beside it is given it, not
/// even while a server on it starts or starts anew.
std::uint16_t free_port();

}  // namespace support
