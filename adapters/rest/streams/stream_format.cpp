#include "adapters/rest/streams/stream_format.hpp"

#include <algorithm>
#include <array>

#include "adapters/rest/accept.hpp"
#include "gateway/json.hpp"
#include "gateway/payload.hpp"

namespace rest {
namespace {

using gateway::StreamItem;

struct Offer {
    std::string_view type;
    StreamFormat format;
};
constexpr std::array offers{Offer{"text/event-stream", StreamFormat::events},
                            Offer{"application/x-ndjson", StreamFormat::lines},
                            Offer{"application/jsonl", StreamFormat::lines}};

/// On one line: outside of its strings, JSON may have line ends anywhere, and inside of them none.
std::string json_line(gateway::Payload payload) {
    auto encoded = gateway::encode(std::move(payload), gateway::Encode::json);
    if (encoded.has_error() || encoded->bytes.empty()) return "null";
    std::string line = encoded->bytes.str();
    std::ranges::replace(line, '\n', ' ');
    std::ranges::replace(line, '\r', ' ');
    return line;
}

std::string notice(std::string_view event, const std::string& members, StreamFormat format) {
    if (format == StreamFormat::events)
        return "event: " + std::string{event} + "\ndata: {" + members + "}\n\n";
    std::string text = R"({"event":")" + std::string{event} + "\"," + members + '}';
    if (format == StreamFormat::lines) text += '\n';
    return text;
}

}  // namespace

std::optional<StreamFormat> stream_format(const HttpRequest& request) {
    if (request.wants_websocket) return StreamFormat::websocket;
    const Accept accept{request.header("accept")};
    const Offer* best = nullptr;
    for (const Offer& offer : offers) {
        const int weight = accept.weight(offer.type);
        if (weight > 0 && (best == nullptr || weight > accept.weight(best->type))) best = &offer;
    }
    return best == nullptr ? std::nullopt : std::optional{best->format};
}

std::string_view stream_type(StreamFormat format) {
    switch (format) {
        case StreamFormat::events:
            return "text/event-stream";
        case StreamFormat::lines:
            return "application/x-ndjson";
        case StreamFormat::websocket:
            return {};
    }
    return {};
}

std::string stream_piece(const StreamItem& item, StreamFormat format) {
    std::string line = json_line(item.payload);
    if (format == StreamFormat::websocket) return line;
    if (format == StreamFormat::lines) return line + '\n';
    std::string event;
    event.reserve(line.size() + item.mark.size() + 32);
    if (item.action == gateway::Action::remove) event += "event: remove\n";
    if (!item.mark.empty()) event += "id: " + item.mark + '\n';
    event += "data: " + line + "\n\n";
    return event;
}

std::string heartbeat_piece(StreamFormat format) {
    switch (format) {
        case StreamFormat::events:
            return ":\n\n";
        case StreamFormat::lines:
            return "\n";
        case StreamFormat::websocket:
            return {};
    }
    return {};
}

std::string lagged_piece(std::size_t dropped, StreamFormat format) {
    return notice("lagged", "\"dropped\":" + (dropped == 0 ? "null" : std::to_string(dropped)), format);
}

std::string ended_piece(const gateway::Error& why, StreamFormat format) {
    const std::string members =
        "\"name\":" + gateway::json::quoted(why.name) + ",\"message\":" + gateway::json::quoted(why.message);
    return notice("closed", members, format);
}

}  // namespace rest
