#include "adapters/rest/mapped_reply.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "adapters/rest/accept.hpp"
#include "adapters/rest/conditional.hpp"
#include "adapters/rest/http_status.hpp"
#include "adapters/rest/streams/item_queue.hpp"
#include "gateway/json.hpp"

namespace rest {
namespace {

using gateway::Bytes;
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

/// What is one text, without quotes; nullopt: it is something else.
std::optional<Bytes> text_of(const Payload& body) {
    if (body.encoding == Encoding::text) return body.bytes;
    if (body.encoding != Encoding::json) return std::nullopt;
    auto text = gateway::json::unquoted(body.bytes.view());
    return text ? std::optional{Bytes{*std::move(text)}} : std::nullopt;
}

void set_text(HttpReply& reply, const Payload& body, Bytes text, TextForm form) {
    reply.headers.emplace_back("Vary", "Accept");
    if (form == TextForm::plain) {
        reply.content_type = utf8_text;
        reply.body = std::move(text);
    } else {
        reply.content_type = json_type;
        reply.body =
            body.encoding == Encoding::json ? body.bytes : Bytes{gateway::json::quoted(body.bytes.view())};
    }
}

void set_body(HttpReply& reply, const Payload& body, std::string own_type, TextForm form) {
    const bool as_json = !own_type.empty() && is_json(own_type);
    auto text = as_json ? std::nullopt : text_of(body);
    if (text && own_type.empty()) return set_text(reply, body, *std::move(text), form);
    reply.body = text ? *std::move(text) : body.bytes;
    reply.content_type = own_type.empty() ? default_type(body) : std::move(own_type);
}

/// A route that takes a token or none may still want one for what it does (RFC 9110 section 15.5.2).
void add_challenge(HttpReply& reply) {
    const auto is_challenge = [](const auto& header) {
        return equal_ignoring_case(header.first, "www-authenticate");
    };
    if (std::ranges::none_of(reply.headers, is_challenge))
        reply.headers.emplace_back("WWW-Authenticate", "Bearer");
}

}  // namespace

TextForm text_form(const HttpRequest& request) {
    const std::string_view header = request.header("accept");
    if (header.empty() || header == "*/*") return TextForm::plain;  // nearly always: nothing to read
    const Accept accept{header};
    return accept.weight(json_type) > 0 && accept.weight("text/plain") == 0 ? TextForm::json
                                                                            : TextForm::plain;
}

HttpReply mapped_reply(gateway::Response response, TextForm texts) {
    if (response.stream) return problem(503, "the route has just become a stream");
    HttpReply reply;
    if (response.error && !has_body(response.body)) reply = problem(response.status, *response.error);
    reply.status = response.status;
    std::string own_type = take_content_type(response.headers);
    std::ranges::move(response.headers, std::back_inserter(reply.headers));
    if (response.status == 401) add_challenge(reply);
    if (has_body(response.body)) set_body(reply, response.body, std::move(own_type), texts);
    if (!response.etag.empty())
        reply.headers.emplace_back("ETag", weak_etag(entity_tag({response.etag, "\n", reply.body.view()})));
    return reply;
}

HttpReply stream_reply(gateway::Response response, StreamFormat format) {
    const auto stream = std::move(response.stream);
    HttpReply reply = mapped_reply(std::move(response), TextForm::plain);
    if (!stream) return reply;
    reply.content_type = stream_type(format);
    reply.headers.emplace_back("Cache-Control", "no-store");
    // nginx would hold items back until there are more of them.
    reply.headers.emplace_back("X-Accel-Buffering", "no");
    reply.stream = std::make_shared<ItemQueue>(stream, format);
    return reply;
}

}  // namespace rest
