// Ports for servers that tests start. Thread-safe.
#pragma once

#include <cstdint>

namespace support {

/// A TCP port of 127.0.0.1 on which nothing listens, below the range that outgoing connections take theirs
/// from, and not given to this process before. Random, so that tests that run side by side do not meet.
std::uint16_t free_port();

}  // namespace support
