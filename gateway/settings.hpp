// The limits and names that every edge needs, with their defaults. Filled from gateway.yaml by config/; plain
// data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/clock.hpp"
#include "gateway/principal.hpp"

namespace gateway {

struct Endpoint {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
};

/// How the other side of a TLS connection shows who it is, and how we do. Certificates and keys are PEM
/// texts.
struct TlsSettings {
    std::string ca;           // certificates to trust; empty: those of the system
    std::string certificate;  // our own, followed by its chain; empty: we show none
    Secret key;               // of our own certificate
    std::string server_name;  // that the other side must have; empty: the host of its URL
    bool verify = true;
    std::vector<std::string> alpn;  // protocols offered (RFC 7301), of brokers; empty: none

    bool operator==(const TlsSettings&) const = default;
};

struct MeshUrl {
    Endpoint endpoint;
    bool tls = false;  // wss://
};

struct MeshSettings {
    std::string name;           // its key
    std::vector<MeshUrl> urls;  // nodes of one mesh, in the order they are tried
    TlsSettings tls;            // of the urls that have it
    std::string username;
    Secret password;
    Secret token;
    bool required = true;
    Duration call_timeout = std::chrono::seconds{10};
    Duration reconnect_min = std::chrono::milliseconds{500};
    Duration reconnect_max = std::chrono::seconds{30};
    Duration keep_alive = std::chrono::seconds{25};          // between pings; old servers close after 35 s
    Duration keep_alive_timeout = std::chrono::seconds{10};  // without any sign after a ping: lost
    Duration session_idle = std::chrono::minutes{5};         // a user's session without calls is closed
    std::size_t max_sessions = 1000;                         // user sessions at once
    std::size_t max_message = 80u * 1024 * 1024;             // bytes that it sends in one
};

struct Will {
    std::string topic;
    std::string payload;
    int qos = 0;
    bool retain = false;
};

/// Where the gateway says whether it is there: by itself, and by the broker when it is lost.
struct StatusTopic {
    std::string topic;
    std::string online = "online";
    std::string offline = "offline";
    int qos = 1;
    bool retain = true;
};

struct BrokerSettings {
    std::string name;  // its key
    std::string url;   // tcp:// or ssl://host:port, ws:// or wss://host:port/path
    int version = 5;   // 5, or 3 (3.1.1)
    std::string username;
    Secret password;
    std::string client_id;  // empty: made from the gateway's name and a random part
    Duration keep_alive = std::chrono::seconds{30};
    Duration session_expiry = std::chrono::minutes{5};
    std::optional<Will> will;
    std::optional<StatusTopic> status;                    // its will is made of it
    TlsSettings tls;                                      // of an ssl:// or wss:// URL
    std::vector<std::pair<std::string, Secret>> headers;  // of the request for a websocket
    bool required = true;
    std::size_t max_queue = 10'000;  // outgoing messages waiting
    std::size_t max_queue_bytes = 64u * 1024 * 1024;
    std::size_t max_message = 10u * 1024 * 1024;  // bytes of one incoming packet; a larger one is dropped
    std::size_t max_stream_filters = 1000;        // that streams are subscribed to at once
    Duration reconnect_min = std::chrono::milliseconds{500};
    Duration reconnect_max = std::chrono::seconds{30};
};

inline bool over_websocket(const BrokerSettings& broker) {
    return broker.url.starts_with("ws://") || broker.url.starts_with("wss://");
}
inline bool over_tls(const BrokerSettings& broker) {
    return broker.url.starts_with("ssl://") || broker.url.starts_with("wss://");
}

struct NodeSettings {
    bool enabled = true;
    std::string name;  // default: the gateway's
    std::size_t max_sessions = 10'000;
    std::size_t max_subscriptions = 10'000;            // per session
    std::size_t max_backlog = 16u * 1024 * 1024;       // bytes queued to one slow client before it is closed
    std::string store_file;                            // SQLite, for its items; empty: they are in memory
    std::size_t max_items = 1'000'000;                 // of the store
    std::size_t max_store_bytes = 256u * 1024 * 1024;  // of its paths and data
    std::size_t max_message = 10u * 1024 * 1024;       // bytes of one frame: limits.websocket_message
    Duration keep_alive = std::chrono::seconds{30};    // between pings, as happn-3 13; its clients wait 45 s
    Duration max_silence = std::chrono::seconds{125};  // of clients that are not pinged
};

struct Limits {
    std::size_t http_header = 8u * 1024;
    std::size_t http_body = 1024u * 1024;
    std::size_t http_bodies = 64u * 1024 * 1024;        // bytes of all that are here at once
    std::size_t http_answers = 64u * 1024 * 1024;       // bytes of all that clients have not taken yet
    std::size_t websocket_message = 10u * 1024 * 1024;  // as happn's own
    std::size_t connections = 20'000;
    std::size_t pending = 100'000;
    std::size_t sync_values = 10'000;
};

struct Timeouts {
    Duration rest = std::chrono::seconds{10};
    Duration header = std::chrono::seconds{10};
    Duration body = std::chrono::seconds{30};
    Duration idle = std::chrono::seconds{60};
    Duration shutdown = std::chrono::seconds{10};
};

/// The durable outbox of at-least-once routes.
struct SpoolSettings {
    std::string path;                      // a directory; empty: there is none
    std::size_t max_messages = 1'000'000;  // kept at once, dead letters included
    std::size_t max_bytes = std::size_t{1} << 30U;
};

/// HTTP services that routes call: what one host may cost.
struct ServiceSettings {
    std::size_t connections = 16;  // at once, to one host
    std::size_t waiting = 1000;    // requests that wait for one of those; more are refused
    int circuit_failures = 5;      // in a row, until a host is left alone
    Duration circuit_pause = std::chrono::seconds{10};  // for so long; then one request tries
    std::size_t cache = std::size_t{16} * 1024 * 1024;  // bytes of answers that are kept for `cache`
};

struct RestSettings {
    std::string mesh;                        // "node" or a key of meshes
    std::vector<std::string> allow = {"*"};  // component/method patterns
    bool bearer = true, query = true, cookie = true;
    int dialect = 4;  // of happner's generations: 1 or 4
    std::vector<std::string> hosts =
        {};  // names to answer to, `*.NAME` too, in lower case; empty: see gateway::HostNames
};

}  // namespace gateway
