#include "adapters/services/request_headers.hpp"

#include <algorithm>

#include "gateway/payload.hpp"

namespace services {
namespace {

using gateway::Encoding;
using gateway::NameValue;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

/// What is stored on a mesh may say anything of its type: it must not begin a header of its own.
bool is_header_value(std::string_view value) {
    return std::ranges::none_of(value, [](unsigned char c) { return (c < ' ' && c != '\t') || c == 0x7f; });
}

std::string content_type_of(const gateway::Payload& payload) {
    if (!payload.content_type.empty() && is_header_value(payload.content_type)) return payload.content_type;
    switch (payload.encoding) {
        case Encoding::json:
            return "application/json";
        case Encoding::text:
            return "text/plain; charset=utf-8";
        default:
            return "application/octet-stream";
    }
}

}  // namespace

bool has_header(const std::vector<NameValue>& headers, std::string_view name) {
    return std::ranges::any_of(headers,
                               [&](const NameValue& header) { return same_name(header.first, name); });
}

std::vector<NameValue> lasting_headers(const gateway::HttpTarget& rule, const gateway::Output& output) {
    std::vector<NameValue> headers = output.headers;
    if (!rule.credential.bearer.empty())
        headers.emplace_back("Authorization", "Bearer " + rule.credential.bearer.reveal());
    if (!rule.credential.username.empty())
        headers.emplace_back(
            "Authorization",
            "Basic " + gateway::base64(rule.credential.username + ':' + rule.credential.password.reveal()));
    if (rule.sends_body && !output.payload.bytes.empty() && !has_header(headers, "Content-Type"))
        headers.emplace_back("Content-Type", content_type_of(output.payload));
    return headers;
}

bool is_idempotent(std::string_view method) {
    return method != "POST" && method != "PATCH";
}

std::string idempotency_key(const gateway::HttpTarget& rule,
                            const gateway::Output& output,
                            const std::string& own) {
    if (is_idempotent(rule.method)) return {};
    if (!output.attempt_of.empty()) return output.attempt_of;
    return rule.retry.max > 0 ? own : std::string{};
}

std::vector<std::string> as_lines(const std::vector<NameValue>& headers) {
    std::vector<std::string> lines;
    for (const auto& [name, value] : headers)
        lines.push_back(value.empty() ? name + ';' : name + ": " + value);
    return lines;
}

}  // namespace services
