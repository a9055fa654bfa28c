// How a stream looks on the wire: Server-Sent Events (HTML, section 9.2), one JSON text a line (NDJSON), or
// one JSON text a websocket message. Which of them, the request says. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/rest/http_message.hpp"
#include "gateway/error.hpp"
#include "gateway/stream.hpp"

namespace rest {

enum class StreamFormat : std::uint8_t { events, lines, websocket };

/// By `Upgrade`, else by `Accept` (RFC 9110 section 12.5.1): of those that are wanted alike, events. nullopt:
/// it accepts none of them.
std::optional<StreamFormat> stream_format(const HttpRequest& request);

std::string_view stream_type(StreamFormat format);  // Content-Type; of a websocket: none

/// One item. In lines and messages only the payload shows; events carry the mark as `id`, and `event: remove`
/// where something was removed.
std::string stream_piece(const gateway::StreamItem& item, StreamFormat format);

// What is no item: a line or message {"event":NAME,...}, an event of that name.
std::string heartbeat_piece(StreamFormat format);  // no event: a comment, or nothing
std::string lagged_piece(std::size_t dropped,
                         StreamFormat format);  // "lagged": items left out here; 0: nobody knows how many
std::string ended_piece(const gateway::Error& why, StreamFormat format);  // "closed": nothing follows

}  // namespace rest
