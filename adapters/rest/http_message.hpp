// An HTTP request and its answer as plain data, so that everything behind the sockets is tested without them.
// A request borrows: it is valid while handle() runs, and what is needed later is copied. Shard's thread. No
// errors here.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/rest/found_route.hpp"
#include "gateway/bytes.hpp"
#include "gateway/message.hpp"

namespace rest {

class ItemQueue;  // streams/item_queue.hpp

struct Header {
    std::string_view name;  // as received, any case
    std::string_view value;
};

struct HttpRequest {
    std::string_view method;  // as received, upper case if it is a known one
    std::string_view target;  // origin-form: path and query, still percent-encoded
    std::vector<Header> headers;
    std::string_view body;
    std::string_view ip;           // of the client, without port; behind a trusted proxy what that says
    std::string_view scheme;       // "http" or "https" as the client used it; empty: not known
    std::string_view host;         // as the client wrote it; empty: as the Host header has it
    bool over_tls = false;         // encrypted from the peer to here, whatever a proxy says
    bool wants_websocket = false;  // asks for an upgrade (RFC 6455 section 4.1)
    mutable FoundRoute route;      // of a mapping file, for those who ask for it one after the other

    /// The value of the first such header, or empty.
    std::string_view header(std::string_view name) const;
    bool has_header(std::string_view name) const;
    std::string_view path() const;
    std::string_view query() const;  // without the question mark
};

struct HttpReply {
    HttpReply() = default;
    HttpReply(int code, std::string_view type, gateway::Bytes text)
        : status{code}, content_type{type}, body{std::move(text)} {}

    int status = 200;
    std::string_view reason;   // a literal; empty: the usual phrase of the status
    std::string content_type;  // empty: none is sent
    std::vector<gateway::NameValue> headers;
    gateway::Bytes body;
    std::shared_ptr<ItemQueue> stream;  // set: instead of `body`, what this brings, as long as it does
};

/// Called exactly once, possibly before handle() returns, possibly after the connection has gone.
using Respond = std::function<void(HttpReply&&)>;

inline constexpr std::string_view json_type = "application/json";
inline constexpr std::string_view text_type = "text/plain";
inline constexpr std::string_view html_type = "text/html; charset=utf-8";
inline constexpr std::string_view problem_type = "application/problem+json";

bool equal_ignoring_case(std::string_view a, std::string_view b);
std::string lower_case(std::string_view text);

/// Is `word` one of the elements of a comma separated header value (RFC 9110 section 5.6.1), in any case?
bool has_list_element(std::string_view value, std::string_view word);

/// Are all of its elements `word`, in any case? Empty ones do not count.
bool is_list_of(std::string_view value, std::string_view word);

/// "application/json" of "Application/JSON; charset=utf-8".
std::string media_type(std::string_view content_type);

/// Query names and values, decoded.
using Query = std::vector<gateway::NameValue>;

/// nullopt where the percent-encoding or the UTF-8 is broken.
std::optional<Query> parse_query(std::string_view query);

}  // namespace rest
