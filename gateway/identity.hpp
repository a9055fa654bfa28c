// Which gateway this is, for those who have to sign what they send.
#pragma once

#include <string>

namespace gateway {

struct GatewayIdentity {
    std::string name;     // from the configuration
    std::string id;       // unique per process: the mark in `hg`
    std::string version;  // of the program
};

/// A random id of `bytes` bytes as lower-case hex, from the operating system's source (RAND_bytes).
std::string random_hex(std::size_t bytes);

/// A random UUID, version 4 (RFC 9562 section 5.4).
std::string random_uuid();

}  // namespace gateway
