#include "adapters/rest/cors.hpp"

#include <algorithm>
#include <string>

#include "adapters/rest/credentials.hpp"

namespace rest {
namespace {

using gateway::HttpSource;

constexpr std::string_view preflight_age = "600";  // seconds that a browser may keep the answer
constexpr std::string_view readable_headers = "ETag, Location, Retry-After, WWW-Authenticate";
constexpr std::string_view any = "*";

bool lists_all(const HttpSource& source) {
    return std::ranges::find(source.origins, any) != source.origins.end();
}

bool is_safe(std::string_view method) {
    return method == "GET" || method == "HEAD";
}

}  // namespace

bool origin_listed(const HttpRequest& request, const HttpSource& source) {
    if (source.origins.empty() || !request.has_header("origin")) return false;
    return lists_all(source) ||
           std::ranges::find(source.origins, request.header("origin")) != source.origins.end();
}

void allow_origin(HttpReply& reply, const HttpRequest& request, const HttpSource& source) {
    if (source.origins.empty()) return;
    if (!lists_all(source)) reply.headers.emplace_back("Vary", "Origin");
    if (!origin_listed(request, source)) return;
    reply.headers.emplace_back("Access-Control-Allow-Origin",
                               lists_all(source) ? any : request.header("origin"));
    reply.headers.emplace_back("Access-Control-Expose-Headers", readable_headers);
}

bool is_preflight(const HttpRequest& request) {
    return request.method == "OPTIONS" && request.has_header("origin") &&
           request.has_header("access-control-request-method");
}

HttpReply preflight_reply(const HttpRequest& request, const HttpSource& source, std::string_view methods) {
    HttpReply reply;
    reply.status = 204;
    allow_origin(reply, request, source);
    reply.headers.emplace_back("Access-Control-Allow-Methods", methods);
    if (const auto wanted = request.header("access-control-request-headers"); !wanted.empty())
        reply.headers.emplace_back("Access-Control-Allow-Headers", wanted);
    reply.headers.emplace_back("Access-Control-Max-Age", preflight_age);
    return reply;
}

bool is_forged(const HttpRequest& request, const HttpSource& source, bool has_token) {
    if (has_token || same_origin(request) || origin_listed(request, source)) return false;
    return request.wants_websocket || !is_safe(request.method);
}

}  // namespace rest
