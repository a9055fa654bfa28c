// How the HTTP listeners take connections: TLS, proxies in front, rates, compression. Filled from
// gateway.yaml by config/; plain data.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "gateway/ip_network.hpp"
#include "gateway/principal.hpp"
#include "gateway/settings.hpp"

namespace gateway {

/// A PEM text, and the file that it was read from, which is read again when it changes.
struct PemText {
    Secret text;
    std::string file;  // empty: the text was given
};

enum class TlsVersion { tls_1_2, tls_1_3 };

struct ServerTls {
    PemText certificate;  // followed by its chain
    PemText key;
    PemText client_ca;  // whose certificates clients must show; empty: none is asked for
    TlsVersion min_version = TlsVersion::tls_1_2;
};

struct ListenerSettings : Endpoint {
    std::optional<ServerTls> tls;
    bool proxy_protocol = false;  // every connection begins with its header, versions 1 and 2
};

struct ProxySettings {
    std::vector<IpNetwork> trusted;  // who may say on whose behalf a connection or request comes
};

struct ClientLimits {
    std::size_t connections = 20'000;
    std::optional<double> requests;  // a second, in the long run; absent: no limit
    std::size_t burst = 100;         // requests at once
    std::size_t requests_per_connection = 1'000'000;
};

/// What is remembered of requests with an `Idempotency-Key`.
struct IdempotencySettings {
    Duration keep = std::chrono::hours{24};              // from the answer on
    std::size_t keys = 10'000;                           // those under way and those kept together
    std::size_t memory = std::size_t{16} * 1024 * 1024;  // bytes of the answers that are kept
};

struct Compression {
    bool enabled = true;
    std::size_t minimum = 8u * 1024;  // bytes of a body that is worth it
};

}  // namespace gateway
