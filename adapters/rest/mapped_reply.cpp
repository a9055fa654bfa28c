#include "adapters/rest/mapped_reply.hpp"

#include <algorithm>

#include "adapters/rest/conditional.hpp"
#include "adapters/rest/http_status.hpp"
#include "adapters/rest/streams/item_queue.hpp"
#include "gateway/json.hpp"

namespace rest {
namespace {

using gateway::Encoding;
using gateway::Payload;

constexpr std::string_view utf8_text = "text/plain; charset=utf-8";
constexpr std::string_view any_bytes = "application/octet-stream";

std::string default_type(const Payload& body) {
    switch (body.encoding) {
        case Encoding::json:
            return std::string{json_type};
        case Encoding::text:
            return std::string{utf8_text};
        default:
            return body.content_type.empty() ? std::string{any_bytes} : body.content_type;
    }
}

bool is_json(std::string_view content_type) {
    const std::string type = media_type(content_type);
    return type == json_type || type.ends_with("+json");
}

/// The mapping's own Content-Type, taken out of the headers; else empty.
std::string take_content_type(std::vector<gateway::NameValue>& headers) {
    const auto found = std::ranges::find_if(
        headers, [](const auto& header) { return equal_ignoring_case(header.first, "content-type"); });
    if (found == headers.end()) return {};
    std::string type = std::move(found->second);
    headers.erase(found);
    return type;
}

bool has_body(const Payload& body) {
    return !body.bytes.empty() || body.encoding != Encoding::raw;
}

}  // namespace

HttpReply mapped_reply(gateway::Response response) {
    if (response.stream) return problem(503, "the route has just become a stream");
    HttpReply reply;
    if (response.error && !has_body(response.body)) reply = problem(response.status, *response.error);
    reply.status = response.status;
    std::string own_type = take_content_type(response.headers);
    std::ranges::move(response.headers, std::back_inserter(reply.headers));
    if (!response.etag.empty()) reply.headers.emplace_back("ETag", weak_etag(response.etag));
    if (!has_body(response.body)) return reply;

    reply.body = response.body.bytes;
    reply.content_type = own_type.empty() ? default_type(response.body) : own_type;
    if (response.body.encoding != Encoding::json || (!own_type.empty() && is_json(own_type))) return reply;
    if (auto text = gateway::json::unquoted(response.body.bytes.view())) {
        reply.body = gateway::Bytes{*std::move(text)};
        if (own_type.empty()) reply.content_type = utf8_text;
    }
    return reply;
}

HttpReply stream_reply(gateway::Response response, StreamFormat format) {
    const auto stream = std::move(response.stream);
    HttpReply reply = mapped_reply(std::move(response));
    if (!stream) return reply;
    reply.content_type = stream_type(format);
    reply.headers.emplace_back("Cache-Control", "no-store");
    reply.stream = std::make_shared<ItemQueue>(stream, format);
    return reply;
}

}  // namespace rest
