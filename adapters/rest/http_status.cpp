#include "adapters/rest/http_status.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "gateway/json.hpp"

namespace rest {
namespace {

using gateway::Bytes;

std::string escaped_html(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '&':
                out += "&amp;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

}  // namespace

std::string_view reason_phrase(int status) {
    switch (status) {
        case 100:
            return "Continue";
        case 101:
            return "Switching Protocols";
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 202:
            return "Accepted";
        case 203:
            return "Non-Authoritative Information";
        case 204:
            return "No Content";
        case 205:
            return "Reset Content";
        case 206:
            return "Partial Content";
        case 301:
            return "Moved Permanently";
        case 302:
            return "Found";
        case 303:
            return "See Other";
        case 304:
            return "Not Modified";
        case 307:
            return "Temporary Redirect";
        case 308:
            return "Permanent Redirect";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 402:
            return "Payment Required";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 406:
            return "Not Acceptable";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 410:
            return "Gone";
        case 411:
            return "Length Required";
        case 412:
            return "Precondition Failed";
        case 413:
            return "Content Too Large";
        case 414:
            return "URI Too Long";
        case 415:
            return "Unsupported Media Type";
        case 416:
            return "Range Not Satisfiable";
        case 417:
            return "Expectation Failed";
        case 421:
            return "Misdirected Request";
        case 422:
            return "Unprocessable Content";
        case 423:
            return "Locked";
        case 424:
            return "Failed Dependency";
        case 425:
            return "Too Early";
        case 426:
            return "Upgrade Required";
        case 428:
            return "Precondition Required";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 451:
            return "Unavailable For Legal Reasons";
        case 500:
            return "Internal Server Error";
        case 501:
            return "Not Implemented";
        case 502:
            return "Bad Gateway";
        case 503:
            return "Service Unavailable";
        case 504:
            return "Gateway Timeout";
        case 505:
            return "HTTP Version Not Supported";
        case 507:
            return "Insufficient Storage";
        default:
            return "Unknown";
    }
}

HttpReply problem(int status, std::string_view detail, std::string_view name, int code) {
    std::string body = R"({"type":"about:blank","title":)";
    gateway::json::append_quoted(body, reason_phrase(status));
    body += R"(,"status":)" + std::to_string(status) + R"(,"detail":)";
    gateway::json::append_quoted(body, detail);
    if (!name.empty()) {
        body += R"(,"name":)";
        gateway::json::append_quoted(body, name);
    }
    if (code != 0) body += R"(,"code":)" + std::to_string(code);
    body += '}';
    HttpReply reply{status, problem_type, Bytes{std::move(body)}};
    add_retry_after(reply);
    return reply;
}

HttpReply problem(int status, const gateway::Error& error) {
    return problem(status, error.message, error.name, error.code);
}

HttpReply too_many(std::string_view what, gateway::Duration wait) {
    HttpReply reply = problem(429, "too many " + std::string{what} + ", try again later");
    set_retry_after(reply, wait);
    return reply;
}

HttpReply text_reply(int status, std::string_view text) {
    return HttpReply{status, text_type, Bytes::copy(text)};
}

HttpReply html_error(int status, std::string_view text) {
    std::string page =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta "
        "charset=\"utf-8\">\n<title>Error</title>\n</head>\n<body>\n<pre>";
    page += escaped_html(text);
    page += "</pre>\n</body>\n</html>\n";
    HttpReply reply{status, html_type, Bytes{std::move(page)}};
    reply.headers.emplace_back("Content-Security-Policy", "default-src 'none'");
    reply.headers.emplace_back("X-Content-Type-Options", "nosniff");
    return reply;
}

void add_retry_after(HttpReply& reply) {
    if (reply.status == 429 || reply.status == 503) reply.headers.emplace_back("Retry-After", "1");
}

void set_retry_after(HttpReply& reply, gateway::Duration wait) {
    std::erase_if(reply.headers, [](const auto& header) { return header.first == "Retry-After"; });
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
    reply.headers.emplace_back("Retry-After", std::to_string(std::max<std::int64_t>(seconds, 1)));
}

}  // namespace rest
