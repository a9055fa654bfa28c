// A message on its way through the core: a value, immutable once built by the adapter it came in by. Nothing
// in it points into an adapter's buffers. Cheap to move.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/bytes.hpp"
#include "gateway/clock.hpp"
#include "gateway/principal.hpp"

namespace gateway {

enum class Encoding : std::uint8_t {
    raw,    // not looked at yet: the route's `decode` decides (what MQTT delivers)
    json,   // one valid JSON text, validated where it came in
    text,   // UTF-8 text
    bytes,  // anything
};

struct Payload {
    Bytes bytes;
    Encoding encoding = Encoding::raw;
    std::string content_type;  // empty: by encoding
};

enum class Action : std::uint8_t { set, remove };

using NameValue = std::pair<std::string, std::string>;

struct MqttProperties {  // MQTT 5.0 sections 3.3.1 and 3.3.2.3
    int qos = 0;
    bool retain = false;
    bool retain_known = false;  // `retain` is the publisher's; else a message published now never has it
    bool duplicate = false;
    bool unmarked = false;  // MQTT 3.1.1: nothing could say whose message it is (see Origin)
    bool replayed =
        false;  // a retained message that came because we subscribed: not for sources that ignore those
    std::optional<std::uint32_t> expiry;  // seconds
    std::string content_type;
    std::string response_topic;    // empty: not a request
    std::string correlation_data;  // binary
    std::vector<NameValue> user;   // without happn_token and the gateway's own marks
};

struct HappnProperties {
    std::string meta;      // the publication's _meta as JSON text, may be empty
    bool initial = false;  // a stored value, delivered because the source asked for `initial`
};

struct HttpProperties {
    std::string method;
    std::string ip;                  // of the peer, without port
    std::vector<NameValue> query;    // decoded, without happn_token
    std::vector<NameValue> headers;  // names in lower case, without credentials
};

struct CallProperties {
    std::string component;
    std::string method;
};

using Properties = std::variant<MqttProperties, HappnProperties, HttpProperties, CallProperties>;

class Receipt;  // gateway/receipt.hpp

/// What the loop guard reads: which gateway last sent this message on, and how many have.
struct Origin {
    std::string gateway_id;  // empty: nobody's, the message is new
    int hops = 0;
};

struct Message {
    std::string
        connection;       // key of the broker or mesh it came by ("node": the embedded node); empty for HTTP
    std::string address;  // topic, path, HTTP path or component/method, exactly as received
    Payload payload;
    Action action = Action::set;
    Principal principal;
    Properties properties;
    Origin origin;
    std::optional<TimePoint> deadline;  // of a source that waits
    std::shared_ptr<Receipt> receipt;   // of a sender that wants to know that it was delivered; else null
};

}  // namespace gateway
