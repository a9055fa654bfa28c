#include "adapters/services/answer.hpp"

#include <algorithm>
#include <utility>

#include "gateway/json.hpp"

namespace services {
namespace {

namespace json = gateway::json;
using gateway::Encoding;
using gateway::Error;
using gateway::Outcome;
using gateway::Payload;

constexpr std::size_t largest_error_body = std::size_t{64} * 1024;  // that callers are handed

std::string media_type(const std::string& content_type) {
    std::string type = content_type.substr(0, content_type.find(';'));
    while (!type.empty() && type.back() == ' ')
        type.pop_back();
    std::ranges::transform(type, type.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    return type;
}

bool is_json(const std::string& type) {
    return type == "application/json" || type.ends_with("+json");
}

bool is_ok(const gateway::HttpTarget& rule, int status) {
    return std::ranges::any_of(rule.ok, [&](const gateway::StatusRange& range) { return range.has(status); });
}

/// The body as JSON text: as it is, or as a string; empty where it is neither JSON nor text.
std::string shown_body(const ServiceResponse& response) {
    if (response.body.empty() || response.body.size() > largest_error_body) return {};
    if (is_json(media_type(response.content_type)) && json::valid(response.body))
        return std::string{json::trimmed(response.body)};
    return json::valid_utf8(response.body) ? json::quoted(response.body) : std::string{};
}

Outcome http_error(const ServiceResponse& response, std::string message) {
    Error error{gateway::Errc::http_error, "HttpError", response.status, std::move(message)};
    std::string detail = "{\"name\":\"HttpError\",\"code\":" + std::to_string(error.code) + ",\"message\":";
    json::append_quoted(detail, error.message);
    if (const auto body = shown_body(response); !body.empty()) detail += ",\"body\":" + body;
    error.detail = gateway::Bytes{detail + '}'};
    return Outcome{std::move(error)};
}

}  // namespace

Outcome outcome_of(const gateway::HttpTarget& rule, ServiceResponse response) {
    if (!is_ok(rule, response.status))
        return http_error(response, "the service answered " + std::to_string(response.status));
    const std::string type = media_type(response.content_type);
    Payload answer;
    answer.content_type = response.content_type;
    if (response.body.empty()) {
        answer = Payload{gateway::Bytes::literal("null"), Encoding::json, "application/json"};
    } else if (is_json(type)) {
        if (!json::valid(response.body))
            return http_error(response, "the service answered JSON that is none");
        answer.encoding = Encoding::json;
        answer.bytes = gateway::Bytes{std::move(response.body)};
    } else {
        const bool is_text = type.starts_with("text/") && json::valid_utf8(response.body);
        answer.encoding = is_text ? Encoding::text : Encoding::bytes;
        answer.bytes = gateway::Bytes{std::move(response.body)};
    }
    return Outcome{std::move(answer)};
}

}  // namespace services
