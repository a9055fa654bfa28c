#include "adapters/rest/mapped_request.hpp"

#include <optional>
#include <string>
#include <utility>

#include "adapters/rest/content_type.hpp"
#include "adapters/rest/credentials.hpp"
#include "adapters/rest/http_status.hpp"
#include "gateway/http_body.hpp"
#include "gateway/loop_mark.hpp"
#include "gateway/query.hpp"

namespace rest {
namespace {

using gateway::HttpSource;
using gateway::Message;
using gateway::NameValue;
using gateway::Payload;

constexpr std::string_view loop_mark_key = "x-happn-gateway";  // header names are in lower case here

std::string_view kind_of(HttpSource::Body body) {
    switch (body) {
        case HttpSource::Body::json:
            return json_type;
        case HttpSource::Body::form:
            return "application/x-www-form-urlencoded";
        case HttpSource::Body::text:
            return "text/plain";
        case HttpSource::Body::bytes:
            return "any type";
    }
    return "any type";
}

bool fits(std::string_view content_type, HttpSource::Body body) {
    const std::string type = media_type(content_type);
    if (type.empty() || body == HttpSource::Body::bytes) return true;
    if (body == HttpSource::Body::text) return type.starts_with("text/");
    return type == kind_of(body) || (body == HttpSource::Body::json && type.ends_with("+json"));
}

/// What is no UTF-8 would be taken for it.
bool is_in_utf8(std::string_view content_type) {
    const auto type = read_content_type(content_type);
    return !type || type->charset.empty() || type->charset == "utf-8" || type->charset == "utf8" ||
           type->charset == "us-ascii";
}

}  // namespace

std::optional<HttpReply> refusal_of_type(const HttpRequest& head, const HttpSource& source) {
    const std::string_view coding = head.header("content-encoding");
    if (!coding.empty() && !equal_ignoring_case(coding, "identity"))
        return problem(415, "a body with Content-Encoding is not taken here");
    if (!fits(head.header("content-type"), source.body))
        return problem(415,
                       "this route takes " + std::string{kind_of(source.body)} + ", not " +
                           media_type(head.header("content-type")));
    if (source.body == HttpSource::Body::text && !is_in_utf8(head.header("content-type")))
        return problem(415, "this route takes text in UTF-8 only");
    return std::nullopt;
}

namespace {

std::optional<HttpReply> refusal_of_body(const HttpRequest& request, const HttpSource& source) {
    if (source.max_body && request.body.size() > *source.max_body)
        return problem(413, "the body is larger than " + std::to_string(*source.max_body) + " bytes");
    return request.body.empty() ? std::nullopt : refusal_of_type(request, source);
}

Payload body_of(const HttpRequest& request) {
    return {gateway::Bytes::copy(request.body),
            gateway::Encoding::raw,
            std::string{request.header("content-type")}};
}

std::vector<NameValue> plain_headers(const HttpRequest& request) {
    std::vector<NameValue> headers;
    headers.reserve(request.headers.size());
    for (const Header& header : request.headers) {
        if (!is_credential_header(header.name)) headers.emplace_back(lower_case(header.name), header.value);
    }
    return headers;
}

}  // namespace

std::variant<Message, HttpReply> message_of(const HttpRequest& request,
                                            Query query,
                                            const HttpSource& source) {
    drop_token(query);
    auto checked = gateway::check_query(query, source.query);
    if (checked.has_error()) return problem(400, checked.error());
    if (auto refused = refusal_of_body(request, source)) return *std::move(refused);
    auto payload = gateway::decode_body(body_of(request), source);
    if (payload.has_error()) return problem(400, payload.error());
    Message message;
    message.address = std::string{request.path()};
    message.payload = *std::move(payload);
    message.properties = gateway::HttpProperties{
        std::string{request.method}, std::string{request.ip}, *std::move(checked), plain_headers(request)};
    message.origin = gateway::read_loop_mark(request.header(loop_mark_key));
    return message;
}

}  // namespace rest
