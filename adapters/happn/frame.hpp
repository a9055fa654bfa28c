// One happn websocket frame, read without building a tree: the text is validated whole, once, and then cut
// into views. `data` stays a slice of the received text, so that payloads pass through byte for byte. A Frame
// borrows the text it was parsed from and is valid as long as that text is. Of duplicate keys the last
// counts, as in JSON.parse.
//
//   request      {"action":"set","eventId":5,"path":"/a","data":{},"sessionId":"..","options":{}}
//   response     {"data":{},"_meta":{"type":"response","status":"ok","eventId":5,..},"protocol":"happn_4"}
//   list answer  [item, item, meta]                  the answer to a get with wildcards; the last element is
//   the _meta publication  {"data":{},"_meta":{"type":"data","channel":"/SET@/a","path":"/a",..}} system
//   {"_meta":{"type":"system"},"eventKey":"server-side-disconnect","data":..} ack
//   {"id":"..","action":"publication-ack","result":{},"status":"ok","_meta":{"type":"ack","eventId":4}}
//   control      "primus::ping::1795373968745"       a JSON string, quotes included
#pragma once

#include <cstdint>
#include <forward_list>
#include <optional>
#include <string>
#include <string_view>

namespace happn {

/// Views called *text* are unescaped, without quotes, and empty when absent or no string. Views called *raw*
/// are JSON text as it stood in the frame, and empty when absent.
struct FrameMeta {
    std::string_view raw;  // the whole _meta object
    // text
    std::string_view type;    // "response" "data" "system" "ack" "login"
    std::string_view status;  // "ok" "error"
    std::string_view action;
    std::string_view channel;
    std::string_view path;
    std::string_view session_id;
    std::string_view publication_id;
    // raw
    std::string_view event_id;
    std::string_view published;
    std::string_view consistency;
    std::string_view created;
    std::string_view modified;
    std::string_view timestamp;
    std::string_view error;
};

struct Frame {
    enum class Kind : std::uint8_t {
        object,
        list,     // an array: a get with wildcards was answered
        control,  // a Primus control string
        other,    // valid JSON that is no frame: a number, an unknown string, an empty array ...
    };

    /// nullopt: not valid JSON, nested deeper than gateway::json::max_depth included.
    static std::optional<Frame> parse(std::string_view text);

    Kind kind = Kind::other;
    std::string_view control;  // text: primus::ping::123
    std::string_view
        items;  // of a list: the elements before the meta with their commas, without the brackets; raw
    // text
    std::string_view action;
    std::string_view path;
    std::string_view session_id;
    std::string_view event_key;
    std::string_view protocol;
    std::string_view id;
    std::string_view status;
    // raw
    std::string_view path_raw;  // a path that is no string shows here alone
    std::string_view session_id_raw;
    std::string_view event_id;
    std::string_view data;
    std::string_view options;
    std::string_view result;
    std::string_view encrypted;  // present: an encrypted payload, which we do not read
    FrameMeta meta;

    /// Strings with escapes, unescaped: the views above point into these or into the frame's text.
    std::forward_list<std::string> unescaped;
};

/// A raw number of digits only: event ids, times, counters.
std::optional<std::uint64_t> as_unsigned(std::string_view raw);

/// The text behind a raw JSON string; empty for anything else.
std::string text_of(std::string_view raw);

// --- writing -------------------------------------------------------------------------------------

/// Appends one JSON object to a string, member by member. Call end() last. Empty values are written as asked:
/// use the optional_* forms to leave an empty one out. Raw values must be valid JSON.
class ObjectWriter {
public:
    explicit ObjectWriter(std::string& out) : out_{out} { out_ += '{'; }

    ObjectWriter& text(std::string_view key, std::string_view value);
    ObjectWriter& raw(std::string_view key, std::string_view value);
    ObjectWriter& number(std::string_view key, std::int64_t value);
    ObjectWriter& boolean(std::string_view key, bool value);
    ObjectWriter& optional_text(std::string_view key, std::string_view value);
    ObjectWriter& optional_raw(std::string_view key, std::string_view value);
    /// All members of an object that is already JSON text.
    ObjectWriter& spread(std::string_view object);
    void end() { out_ += '}'; }

private:
    void key(std::string_view name);

    std::string& out_;
    bool first_ = true;
};

/// Empty fields are left out (JS clients write "data":null where they have nothing to send). `data` and
/// `options` are raw.
struct Request {
    std::string_view action;
    std::uint64_t event_id = 0;
    std::string_view path;
    std::string_view data;
    std::string_view session_id;
    std::string_view options;
};
std::string write_request(const Request& request);

/// What follows `data` and `_meta` in a server's frame; depends on the session's dialect.
struct FrameTail {
    std::string_view protocol;  // text; empty: no `protocol`
    bool outbound = false;      // "__outbound":true, as the old generation writes
};

/// {"data":DATA,"_meta":META,...}: `data` and `meta` are raw, `data` empty: null. Responses, publications,
/// system frames.
std::string write_frame(std::string_view data, std::string_view meta, const FrameTail& tail);

/// The answer to a get with wildcards: `items` are raw elements with commas between them, or empty.
std::string write_list(std::string_view items, std::string_view meta);

/// "primus::pong::<time>", quotes included.
std::string write_control(std::string_view word, std::string_view argument);

}  // namespace happn
