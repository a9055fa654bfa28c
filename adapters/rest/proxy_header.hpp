// The PROXY protocol's header, versions 1 and 2, with which a load balancer says whose connection it passes
// on (the HAProxy project's proxy-protocol.txt, sections 2.1 and 2.2). Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "adapters/rest/peer.hpp"

namespace rest {

struct ProxyHeader {
    enum class Verdict { incomplete, complete, malformed };

    Verdict verdict = Verdict::malformed;
    std::size_t size = 0;        // of a complete header: what follows belongs to the connection
    std::optional<Peer> source;  // absent: the proxy speaks for itself (LOCAL, UNKNOWN)
};

/// The longest header that is read: version 2 may carry further fields, which are skipped.
inline constexpr std::size_t max_proxy_header = 4096;

/// `received`: from the first byte of the connection on.
ProxyHeader parse_proxy_header(std::string_view received);

}  // namespace rest
