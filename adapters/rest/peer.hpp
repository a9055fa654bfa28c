// Who is at the other end of a connection. A value.
#pragma once

#include <cstdint>
#include <string>

namespace rest {

struct Peer {
    Peer() = default;
    Peer(std::string address, std::uint16_t number) : ip{std::move(address)}, port{number} {}

    std::string ip;  // without port
    std::uint16_t port = 0;
    bool tls = false;  // the connection is encrypted up to here
};

}  // namespace rest
