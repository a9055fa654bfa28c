#include "config/gateway_keys.hpp"

#include "config/broker_kinds.hpp"
#include "config/connection_kinds.hpp"
#include "config/kinds.hpp"
#include "gateway/executions.hpp"
#include "gateway/expression/suggestion.hpp"

namespace config {
namespace {

using namespace std::chrono_literals;
using gateway::BrokerSettings;
using gateway::Limits;
using gateway::MeshSettings;
using gateway::NodeSettings;
using gateway::RestSettings;
using gateway::ServiceSettings;
using gateway::StatusTopic;
using gateway::Timeouts;
using gateway::TlsSettings;
using gateway::Will;

constexpr std::size_t kibibyte = 1024;
constexpr std::size_t mebibyte = 1024 * kibibyte;
constexpr std::size_t gibibyte = 1024 * mebibyte;
constexpr std::size_t largest_packet = 256 * mebibyte - 1;  // MQTT 5.0 section 1.5.5
constexpr gateway::Duration longest_timeout = 24h;
constexpr int most_circuit_failures = 1'000'000;
constexpr gateway::Duration longest_session = 24h * 365;
constexpr gateway::Duration longest_idempotency = 24h * 30;
constexpr gateway::Duration longest_dead_letter = 24h * 3650;
constexpr gateway::Duration longest_keep_alive = 65535s;  // two bytes on the wire (MQTT 5.0 section 3.1.2.10)
constexpr gateway::Duration longest_mesh_keep_alive = 30s;  // old happn servers close after 35 s of silence
constexpr gateway::Duration longest_node_keep_alive =
    40s;  // newer happn clients leave after 45 s without a ping

Kind<gateway::Duration> timeout() {
    return duration(1ms, longest_timeout);
}

Section<AdminSettings> admin_section() {
    return Section<AdminSettings>{}
        .key("listen", &AdminSettings::listen, listener(), "IP address and port; port 0: any free one.")
        .required()
        .key("token",
             &AdminSettings::token,
             secret(),
             "Asked for as `Authorization: Bearer <token>`; needed to listen beyond loopback.");
}

Section<HealthSettings> health_section() {
    return Section<HealthSettings>{}
        .key("listen", &HealthSettings::listen, listener(), "IP address and port; port 0: any free one.")
        .required();
}

Kind<NodeSettings> secure_node() {
    const auto read = [](const Node& node, NodeSettings&, Findings& findings) {
        const auto secure = without_quotes(node).as_bool();
        if (!secure) return report_type(node, "true or false", findings);
        if (*secure) report_not_built(node, "a secure node", findings, "secure: false, on loopback");
    };
    return {read, {{"const", false}, {"default", false}}};
}

Kind<NodeSettings> node_store() {
    const auto read = [](const Node& node, NodeSettings& into, Findings& findings) {
        constexpr const char* wanted = "memory or the name of a file";
        if (!node.is_scalar() || node.as_bool() || node.as_integer() || node.text().empty())
            return report_type(node, wanted, findings);
        const auto hint = gateway::did_you_mean(node.text(), {"memory"});
        if (node.text() != "memory" && !hint.empty())
            return findings.error("HG409", node.place(), "expected " + std::string{wanted}, hint);
        into.store_file = node.text() == "memory" ? std::string{} : node.text();
    };
    return {read, {{"type", "string"}, {"default", "memory"}, {"examples", {"memory", "./node.sqlite"}}}};
}

Section<NodeSettings> node_section() {
    return Section<NodeSettings>{}
        .key("enabled",
             &NodeSettings::enabled,
             boolean(),
             "Run the happn server that is embedded in the gateway.")
        .custom("secure", secure_node(), "Ask for logins. Not built yet: only false.")
        .custom(
            "store", node_store(), "Where items are kept: memory, or an SQLite file, relative to this file.")
        .key("name", &NodeSettings::name, name_text(), "Its mesh name; the default is the gateway's name.")
        .not_built("password", "the password of _ADMIN on a secure node")
        .key("max_sessions", &NodeSettings::max_sessions, count(), "Sessions at once.")
        .key("max_subscriptions", &NodeSettings::max_subscriptions, count(), "Subscriptions of one session.")
        .key("max_backlog",
             &NodeSettings::max_backlog,
             size(64 * kibibyte, gibibyte),
             "Queued for one slow client before it is disconnected.")
        .key("max_items", &NodeSettings::max_items, count(), "Items in the store.")
        .key("max_store_bytes",
             &NodeSettings::max_store_bytes,
             size(64 * kibibyte, 1024 * gibibyte),
             "Paths and data of the store together.")
        .key("keep_alive",
             &NodeSettings::keep_alive,
             duration(1s, longest_node_keep_alive),
             "Between pings of a newer client; closed after two without an answer.")
        .key("max_silence",
             &NodeSettings::max_silence,
             duration(1s, longest_session),
             "Of an older client, which pings by itself every 25 s; then it is closed.");
}

/// Whom to believe, and what to show.
Section<TlsSettings> client_tls_section() {
    return Section<TlsSettings>{}
        .key("ca",
             &TlsSettings::ca,
             pem(),
             "Certificates to trust, a PEM text or file:PATH. Default: those of the system.")
        .key("certificate",
             &TlsSettings::certificate,
             pem(),
             "The gateway's own, followed by its chain; a PEM text or file:PATH.")
        .key("key", &TlsSettings::key, secret(), "Of that certificate; file:PATH.")
        .key("verify", &TlsSettings::verify, boolean(), "false: any certificate will do. For tests only.");
}

Section<TlsSettings> mesh_tls_section() {
    return client_tls_section().key(
        "server_name",
        &TlsSettings::server_name,
        text(),
        "The name that the other side's certificate must have. Default: the host of the URL.");
}

Section<TlsSettings> broker_tls_section() {
    return client_tls_section()
        .key("alpn", &TlsSettings::alpn, protocol_names(), "Protocols to offer (ALPN), such as mqtt.")
        .not_built("server_name", "another name than the URL's host for a broker's certificate");
}

Section<MeshSettings> mesh_section() {
    return Section<MeshSettings>{}
        .key("url",
             &MeshSettings::urls,
             mesh_urls(),
             "Where it listens: ws://host:port, or wss:// for TLS. A list of them: its nodes, tried in turn.")
        .required()
        .key("username", &MeshSettings::username, text(), "The gateway's own user there, on a secure mesh.")
        .key("password", &MeshSettings::password, secret(), "Of that user; ${VAR} or file:PATH.")
        .key("token", &MeshSettings::token, secret(), "A token of that user, instead of its password.")
        .key("tls", &MeshSettings::tls, mesh_tls_section().kind(), "Of its wss:// URLs.")
        .key("required", &MeshSettings::required, boolean(), "Not ready (/ready) while it is away.")
        .key("call_timeout",
             &MeshSettings::call_timeout,
             timeout(),
             "For users' logins, and for reading the mesh's description.")
        .key("reconnect_min", &MeshSettings::reconnect_min, timeout(), "First wait before a new connection.")
        .key(
            "reconnect_max", &MeshSettings::reconnect_max, timeout(), "Longest wait before a new connection.")
        .key("keep_alive",
             &MeshSettings::keep_alive,
             duration(1s, longest_mesh_keep_alive),
             "Time between pings.")
        .key("keep_alive_timeout",
             &MeshSettings::keep_alive_timeout,
             timeout(),
             "Without any sign of the mesh after a ping, the connection is given up.")
        .key("session_idle",
             &MeshSettings::session_idle,
             duration(1s, longest_session),
             "A user's session without calls is closed after this time.")
        .key("max_sessions", &MeshSettings::max_sessions, count(), "User sessions at once.")
        .key("max_message",
             &MeshSettings::max_message,
             size(64 * kibibyte, gibibyte),
             "The largest message that it may send.");
}

Section<Will> will_section() {
    return Section<Will>{}
        .key("topic", &Will::topic, text(), "Where the broker publishes it.")
        .required()
        .key("payload", &Will::payload, text(), "What it says.")
        .key("qos", &Will::qos, integer(0, 2), "Quality of service.")
        .key("retain", &Will::retain, boolean(), "Keep it as the topic's retained message.");
}

Section<StatusTopic> status_section() {
    return Section<StatusTopic>{}
        .key("topic", &StatusTopic::topic, text(), "Where.")
        .required()
        .key("online",
             &StatusTopic::online,
             text(),
             "What the gateway says once it is connected and subscribed.")
        .key("offline",
             &StatusTopic::offline,
             text(),
             "What it says when it stops, and the broker when it is lost.")
        .key("qos", &StatusTopic::qos, integer(0, 2), "Quality of service.")
        .key("retain", &StatusTopic::retain, boolean(), "Keep it as the topic's retained message.");
}

Section<BrokerSettings> broker_section() {
    return Section<BrokerSettings>{}
        .key("url",
             &BrokerSettings::url,
             broker_url(),
             "tcp://host:port, or ssl:// for TLS (also mqtt:// and mqtts://); ws:// or wss://host:port/path.")
        .required()
        .key("version", &BrokerSettings::version, mqtt_version(), "Of MQTT: 5, or 3 for 3.1.1.")
        .key("username", &BrokerSettings::username, text(), "Of the gateway at the broker.")
        .key("password", &BrokerSettings::password, secret(), "Of that user; ${VAR} or file:PATH.")
        .key("client_id",
             &BrokerSettings::client_id,
             text(),
             "Default: made from the gateway's name and a random part.")
        .key("keep_alive",
             &BrokerSettings::keep_alive,
             duration(1s, longest_keep_alive),
             "Longest silence before a ping.")
        .key("session_expiry",
             &BrokerSettings::session_expiry,
             duration(0s, longest_session),
             "How long the broker keeps the session while the gateway is away.")
        .key("will",
             &BrokerSettings::will,
             optional(will_section().kind()),
             "Published when the gateway is lost.")
        .key("status",
             &BrokerSettings::status,
             optional(status_section().kind()),
             "Where the gateway says whether it is there. Instead of a will.")
        .key("tls", &BrokerSettings::tls, broker_tls_section().kind(), "Of an ssl:// or wss:// URL.")
        .key("headers",
             &BrokerSettings::headers,
             header_fields(),
             "Of the request for a websocket, by name; ${VAR} or file:PATH.")
        .key("required", &BrokerSettings::required, boolean(), "Not ready (/ready) while it is away.")
        .key("max_queue", &BrokerSettings::max_queue, count(), "Outgoing messages waiting; more are dropped.")
        .key("max_queue_bytes",
             &BrokerSettings::max_queue_bytes,
             size(64 * kibibyte, 16 * gibibyte),
             "Their bytes together.")
        .key("max_message",
             &BrokerSettings::max_message,
             size(kibibyte, largest_packet),
             "One incoming message; a larger one is dropped.")
        .key("max_stream_filters",
             &BrokerSettings::max_stream_filters,
             count(),
             "Topic filters that open streams subscribe to at once; more get 503.")
        .key(
            "reconnect_min", &BrokerSettings::reconnect_min, timeout(), "First wait before a new connection.")
        .key("reconnect_max",
             &BrokerSettings::reconnect_max,
             timeout(),
             "Longest wait before a new connection.");
}

Kind<int> rest_dialect() {
    const auto read = [](const Node& node, int& into, Findings& findings) {
        const auto number = without_quotes(node).as_integer();
        if (!number || (*number != 1 && *number != 4)) return report_type(node, "1 or 4", findings);
        into = static_cast<int>(*number);
    };
    return {read, {{"enum", {1, 4}}}, [](const int& value) { return Json(value); }};
}

Section<RestSettings> rest_section() {
    return Section<RestSettings>{}
        .key("mesh",
             &RestSettings::mesh,
             text(),
             "Which mesh /rest/* addresses: node, or a key of meshes. Default: the only one.")
        .key("allow", &RestSettings::allow, texts(), "What of it: component/method patterns.")
        .custom("tokens", token_places(), "Where a request may carry its token.")
        .key("dialect",
             &RestSettings::dialect,
             rest_dialect(),
             "Which generation of happner it answers as: 4, or 1 for clients of the oldest.")
        .key("hosts",
             &RestSettings::hosts,
             host_patterns(),
             "Names that the gateway answers to; *.NAME for all below one.");
}

Section<ServiceSettings> services_section() {
    return Section<ServiceSettings>{}
        .key("connections", &ServiceSettings::connections, count(), "Requests to one host at once.")
        .key("waiting",
             &ServiceSettings::waiting,
             count(),
             "Requests that wait for one of those; more are refused (Overloaded).")
        .key("circuit_failures",
             &ServiceSettings::circuit_failures,
             integer(1, most_circuit_failures),
             "Failures in a row until a host is left alone (Unavailable).")
        .key("circuit_pause",
             &ServiceSettings::circuit_pause,
             timeout(),
             "How long it is left alone, until one request tries.")
        .key("cache",
             &ServiceSettings::cache,
             size(kibibyte, gibibyte),
             "Bytes of answers kept for targets with `cache`.");
}

Section<gateway::SpoolSettings> spool_section() {
    return Section<gateway::SpoolSettings>{}
        .key("path",
             &gateway::SpoolSettings::path,
             text(),
             "A directory for it, relative to this file; made if there is none.")
        .key("max_messages",
             &gateway::SpoolSettings::max_messages,
             count(),
             "Messages kept at once, dead letters included.")
        .key("max_bytes",
             &gateway::SpoolSettings::max_bytes,
             size(64 * kibibyte, 1024 * gibibyte),
             "Addresses and payloads of those together.");
}

Section<gateway::spool::LetterLimits> dead_letters_section() {
    using gateway::spool::LetterLimits;
    return Section<LetterLimits>{}
        .key("max_age",
             &LetterLimits::max_age,
             duration(1s, longest_dead_letter),
             "How long they are kept; then they are dropped.")
        .key("max_messages",
             &LetterLimits::max_messages,
             count(),
             "How many are kept; of more, the earliest are dropped.");
}

Kind<gateway::LogFormat> log_format() {
    const auto read = [](const Node& node, gateway::LogFormat& into, Findings& findings) {
        std::string name = into == gateway::LogFormat::json ? "json" : "text";
        one_of({"text", "json"}).read(node, name, findings);
        into = name == "json" ? gateway::LogFormat::json : gateway::LogFormat::text;
    };
    return {read, one_of({"text", "json"}).schema, [](const gateway::LogFormat&) { return Json("text"); }};
}

Section<LogSettings> log_section() {
    return Section<LogSettings>{}
        .key("level",
             &LogSettings::level,
             one_of({"trace", "debug", "info", "warn", "error"}),
             "The least that is logged.")
        .key("format", &LogSettings::format, log_format(), "One line of text an event, or one JSON object.")
        .key("access", &LogSettings::access, boolean(), "Log every HTTP request, at level info.");
}

Section<Limits> limits_section() {
    return Section<Limits>{}
        .key("http_header", &Limits::http_header, size(kibibyte, mebibyte), "Request line and headers.")
        .key("http_body",
             &Limits::http_body,
             size(kibibyte, gibibyte),
             "Body of a request; larger ones get 413.")
        .key("http_bodies",
             &Limits::http_bodies,
             size(kibibyte, 64 * gibibyte),
             "Bodies of all requests at once; those beyond get 503.")
        .key("http_answers",
             &Limits::http_answers,
             size(kibibyte, 64 * gibibyte),
             "Answers that clients have not taken yet; beyond, who has taken longest is disconnected. One "
             "that "
             "is larger by itself becomes a 507.")
        .key("websocket_message", &Limits::websocket_message, size(kibibyte, gibibyte), "One happn frame.")
        .key("connections", &Limits::connections, count(), "Client connections at once.")
        .key("pending",
             &Limits::pending,
             count(gateway::Executions::max_slots),
             "Messages and calls under way at once; more are dropped.")
        .key("sync_values",
             &Limits::sync_values,
             count(),
             "Values of one two-way route that are remembered, and compared after a gap.");
}

Section<gateway::ProxySettings> proxies_section() {
    return Section<gateway::ProxySettings>{}.key(
        "trusted",
        &gateway::ProxySettings::trusted,
        networks(),
        "Addresses and networks whose X-Forwarded-For, -Proto and -Host, and PROXY headers, are believed.");
}

Section<gateway::ClientLimits> client_limits_section() {
    using gateway::ClientLimits;
    return Section<ClientLimits>{}
        .key("connections", &ClientLimits::connections, count(), "Connections of one client address at once.")
        .key("requests",
             &ClientLimits::requests,
             rate(),
             "HTTP requests of one client address in the long run; more get 429.")
        .key("burst", &ClientLimits::burst, count(), "HTTP requests of one client address at once.")
        .key("requests_per_connection",
             &ClientLimits::requests_per_connection,
             count(),
             "HTTP requests after which a connection is closed.");
}

Section<gateway::Compression> compression_section() {
    using gateway::Compression;
    return Section<Compression>{}
        .key("enabled",
             &Compression::enabled,
             boolean(),
             "Compress large answers with gzip for clients that accept it.")
        .key("minimum",
             &Compression::minimum,
             size(kibibyte / 4, gibibyte),
             "Smaller bodies are sent as they are.");
}

Section<gateway::IdempotencySettings> idempotency_section() {
    using gateway::IdempotencySettings;
    return Section<IdempotencySettings>{}
        .key("keep",
             &IdempotencySettings::keep,
             duration(1s, longest_idempotency),
             "How long an answer is given again.")
        .key("keys", &IdempotencySettings::keys, count(), "Keys that are remembered.")
        .key("memory",
             &IdempotencySettings::memory,
             size(kibibyte, 16 * gibibyte),
             "Bytes of the answers that are kept.");
}

Section<Timeouts> timeouts_section() {
    return Section<Timeouts>{}
        .key("rest",
             &Timeouts::rest,
             timeout(),
             "For a mesh's answer to /rest/method and /rest/describe; then 504.")
        .key("header", &Timeouts::header, timeout(), "For the header of a request to arrive.")
        .key("body", &Timeouts::body, timeout(), "For the body of a request to arrive.")
        .key("idle", &Timeouts::idle, timeout(), "Of a kept-alive HTTP connection between requests.")
        .key("shutdown", &Timeouts::shutdown, timeout(), "For what is under way to end after SIGTERM.");
}

Kind<int> worker_count() {
    const auto read = [](const Node& node, int& into, Findings& findings) {
        const auto number = without_quotes(node).as_integer();
        if (!number || *number < 1) return report_type(node, "a whole number from 1", findings);
        if (*number > 1) return report_not_built(node, "workers above 1", findings, "workers: 1");
        into = 1;
    };
    return {read, {{"const", 1}}, [](const int& value) { return Json(value); }};
}

}  // namespace

Section<Settings> gateway_section() {
    return Section<Settings>{}
        .key("name", &Settings::name, name_text(), "This gateway, and its node's mesh name.")
        .key("listen",
             &Settings::listen,
             listeners(),
             "Each serves REST, mapped HTTP routes and happn websockets (/primus). Loopback unless told "
             "otherwise.")
        .key("admin",
             &Settings::admin,
             optional(admin_section().kind()),
             "The operators' listener: /live /ready /metrics /routes /version.")
        .key("health",
             &Settings::health,
             optional(health_section().kind()),
             "/live /ready /metrics alone, without a token, for probes and scrapers.")
        .key("node", &Settings::node, node_section().kind(), "The happn server embedded in the gateway.")
        .key("meshes", &Settings::meshes, named(mesh_section()), "happn meshes the gateway joins, by name.")
        .key("brokers",
             &Settings::brokers,
             named(broker_section()),
             "MQTT brokers the gateway connects to, by name.")
        .key("rest", &Settings::rest, rest_section().kind(), "happner's own /rest/* surface.")
        .key("services", &Settings::services, services_section().kind(), "HTTP services that routes call.")
        .key("mappings",
             &Settings::mappings,
             texts(),
             "Mapping files, relative to this file; `*` and `?` are allowed.")
        .key("spool", &Settings::spool, spool_section().kind(), "What is kept for at-least-once routes.")
        .key("dead_letters",
             &Settings::dead_letters,
             dead_letters_section().kind(),
             "What is kept in the spool of messages that were given up.")
        .key("workers",
             &Settings::workers,
             worker_count(),
             "Shards, each with a thread of its own. Not built yet: above 1.")
        .key("log", &Settings::log, log_section().kind(), "Logs go to standard error.")
        .key("limits", &Settings::limits, limits_section().kind(), "What the gateway takes from strangers.")
        .key("clients",
             &Settings::client_limits,
             client_limits_section().kind(),
             "What one client address may use of it.")
        .key("proxies", &Settings::proxies, proxies_section().kind(), "Proxies in front of the listeners.")
        .key("compression", &Settings::compression, compression_section().kind(), "Of HTTP answers.")
        .key("idempotency",
             &Settings::idempotency,
             idempotency_section().kind(),
             "What is remembered of requests with an Idempotency-Key.")
        .key("timeouts", &Settings::timeouts, timeouts_section().kind(), "How long the gateway waits.")
        .key("allow_insecure",
             &Settings::allow_insecure,
             boolean(),
             "Let an insecure node listen on addresses that are not loopback.");
}

}  // namespace config
