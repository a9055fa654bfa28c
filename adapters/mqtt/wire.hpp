// What passes between the adapter and the MQTT library: plain values, and the two interfaces they pass
// through. The library itself is seen by paho_client.cpp alone; tests put a fake in its place.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/bytes.hpp"
#include "gateway/clock.hpp"
#include "gateway/message.hpp"
#include "gateway/principal.hpp"
#include "gateway/settings.hpp"

namespace gateway::mqtt {

enum class Protocol : std::uint8_t { v3_1_1, v5 };

struct ConnectRequest {
    std::string url;
    std::string client_id;
    Protocol protocol = Protocol::v5;
    std::string username;
    Secret password;
    bool clean_start = false;  // 3.1.1: clean session
    std::chrono::seconds session_expiry{0};
    std::chrono::seconds keep_alive{30};
    std::optional<Will> will;
    std::size_t max_message = 268'435'455;  // version 5: the broker is not to send larger packets
    TlsSettings tls;                        // of an ssl:// or wss:// URL
    std::vector<std::pair<std::string, Secret>> headers;  // of the request for a websocket
    bool new_client =
        false;  // throw away the library's client first: it does not know that it is disconnected
};

/// What the broker's CONNACK allows (MQTT 5.0 section 3.2.2.3); for 3.1.1 the defaults.
struct ServerLimits {
    std::size_t receive_maximum = 65535;
    int maximum_qos = 2;
    bool retain_available = true;
    bool subscription_ids = true;
    bool shared_subscriptions = true;
    std::size_t maximum_packet = 268'435'455;  // MQTT 5.0 section 1.5.5
};

struct SubscribeRequest {
    std::uint64_t ticket = 0;
    std::string filter;
    int qos = 0;
    // of version 5
    bool no_local = false;
    bool retain_as_published = false;
    int retain_handling = 0;
    std::uint32_t id = 0;  // subscription identifier; 0: none
};

/// Why CONNECT had no success.
enum class ConnectFailure : std::uint8_t {
    refused,    // the broker said so
    unreached,  // there was no connection to send it by, or no answer
    stuck,      // the library did not even try: its client must be replaced before the next attempt
};

/// What became of a publication.
struct Confirmation {
    std::string failure = {};  // empty: QoS 0 written, QoS 1/2 acknowledged
    int code = 0;              // of the PUBACK or PUBREC that refused it; 0: there was none
    bool is_unknown = false;   // it may have been sent, and nobody will say what has become of it
};

/// Instead of a code of SUBACK: the request was not sent, or the connection was lost before the answer.
inline constexpr int no_suback = 0x100;

struct UnsubscribeRequest {
    std::uint64_t ticket = 0;
    std::string filter;
};

struct DisconnectRequest {};

struct Publication {
    std::uint64_t ticket = 0;
    std::string topic;
    Bytes payload;
    int qos = 0;
    bool retain = false;
    TimePoint deadline = TimePoint::max();  // not sent after this
    // of version 5
    std::optional<std::uint32_t> expiry;
    std::string content_type;
    std::string response_topic;
    std::string correlation_data;
    std::vector<NameValue> user;

    std::size_t bytes() const;
};

struct Arrival {
    std::string topic;
    Bytes payload;
    int qos = 0;
    bool retain = false;
    bool duplicate = false;
    std::optional<std::uint32_t> expiry;
    std::string content_type;
    std::string response_topic;
    std::string correlation_data;
    std::vector<NameValue> user;
    std::vector<std::uint32_t> subscription_ids;
    std::int64_t kept = 0;  // its id in the spool; 0: it is not there

    std::size_t bytes() const;
};

/// The library's side. Called on the egress worker only; never throws; every request but publish to a lost
/// connection and an unsubscribe that fails is answered by an event, possibly before it returns.
class Wire {
public:
    virtual ~Wire() = default;
    virtual void connect(const ConnectRequest& request) = 0;
    virtual void disconnect() = 0;
    virtual void subscribe(const SubscribeRequest& request) = 0;
    virtual void unsubscribe(const UnsubscribeRequest& request) = 0;
    virtual void publish(const Publication& publication) = 0;
};

/// Called on the library's own threads, under its lock, or on the egress worker: copies, queues, returns.
class WireEvents {
public:
    virtual ~WireEvents() = default;
    virtual void on_connected(bool session_present, ServerLimits limits) = 0;
    virtual void on_connect_failed(std::string why, ConnectFailure kind) = 0;
    virtual void on_disconnected() = 0;  // as we asked
    /// `by_server`: with a DISCONNECT; the library's client must be replaced before it connects again.
    virtual void on_lost(std::string why, bool by_server) = 0;
    /// Asked with the size of a message before it is copied; false: it is too large, do not copy it.
    virtual bool takes(std::size_t bytes) = 0;
    virtual void on_arrived(Arrival arrival) = 0;
    virtual void on_published(std::uint64_t ticket, Confirmation confirmation) = 0;
    /// `code` is that of SUBACK, 0x80 and above: refused (MQTT 5.0 section 3.9.3); or no_suback.
    virtual void on_subscribed(std::uint64_t ticket, int code) = 0;
    virtual void on_unsubscribed(std::uint64_t ticket) = 0;
};

}  // namespace gateway::mqtt
