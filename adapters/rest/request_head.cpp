#include "adapters/rest/request_head.hpp"

#include <algorithm>

#include "adapters/rest/http_status.hpp"

namespace rest {
namespace {

constexpr std::string_view go_ahead = "100-continue";

std::size_t count_of(const HttpRequest& request, std::string_view name) {
    return static_cast<std::size_t>(std::ranges::count_if(
        request.headers, [&](const Header& header) { return equal_ignoring_case(header.name, name); }));
}

bool is_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// uri-host [ ":" port ] (RFC 9110 section 7.2), by its characters; an empty one is allowed.
bool is_authority(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        const bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        return alphanumeric || std::string_view{"-._~%!$&'()*+;=:[]"}.find(c) != std::string_view::npos;
    });
}

std::optional<HttpReply> check_framing(const HttpRequest& request, bool old) {
    const std::size_t lengths = count_of(request, "content-length");
    const std::size_t codings = count_of(request, "transfer-encoding");
    if (lengths > 1) return problem(400, "there is more than one Content-Length");
    if (lengths > 0 && codings > 0)
        return problem(400, "Content-Length and Transfer-Encoding exclude each other");
    if (lengths > 0 && !is_digits(request.header("content-length")))
        return problem(400, "Content-Length must be a number");
    if (codings == 0) return std::nullopt;
    if (old) return problem(400, "HTTP/1.0 has no Transfer-Encoding");
    if (codings > 1 || !equal_ignoring_case(request.header("transfer-encoding"), "chunked"))
        return problem(501, "the only Transfer-Encoding understood is chunked");
    return std::nullopt;
}

std::optional<HttpReply> check_host(const HttpRequest& request, bool old) {
    const std::size_t hosts = count_of(request, "host");
    if (hosts == 0 && !old) return problem(400, "the Host header is missing");
    if (hosts > 1) return problem(400, "there is more than one Host header");
    if (!is_authority(request.header("host"))) return problem(400, "the Host header names no host");
    return std::nullopt;
}

/// "http://host/path" as "/path" (RFC 9112 section 3.2.2); another host than the Host header's is refused, as
/// who looks at the one would be fooled by the other.
std::optional<HttpReply> use_origin_form(HttpRequest& request) {
    std::string_view target = request.target;
    const auto scheme = target.find("://");
    if (target.starts_with('/') || scheme == std::string_view::npos) return std::nullopt;
    const std::string_view name = target.substr(0, scheme);
    if (!equal_ignoring_case(name, "http") && !equal_ignoring_case(name, "https")) return std::nullopt;
    target.remove_prefix(scheme + 3);
    const auto path = target.find_first_of("/?");
    if (!equal_ignoring_case(target.substr(0, path), request.header("host")))
        return problem(400, "the request target names another host than the Host header");
    if (path == std::string_view::npos) {
        request.target = request.method == "OPTIONS" ? "*" : "/";  // RFC 9112 section 3.2.4
    } else if (target[path] == '/') {
        request.target = target.substr(path);
    } else {
        return problem(400, "the request target has no path");
    }
    return std::nullopt;
}

}  // namespace

std::optional<HttpReply> check_head(HttpRequest& request, bool old) {
    if (auto refusal = check_framing(request, old)) return refusal;
    if (auto refusal = check_host(request, old)) return refusal;
    return use_origin_form(request);
}

std::optional<HttpReply> check_expectation(const HttpRequest& request) {
    const bool known = std::ranges::all_of(request.headers, [](const Header& header) {
        return !equal_ignoring_case(header.name, "expect") || is_list_of(header.value, go_ahead);
    });
    if (known) return std::nullopt;
    return problem(417, "only Expect: 100-continue is understood");
}

bool waits_for_go_ahead(const HttpRequest& request) {
    return std::ranges::any_of(request.headers, [](const Header& header) {
        return equal_ignoring_case(header.name, "expect") && has_list_element(header.value, go_ahead);
    });
}

}  // namespace rest
