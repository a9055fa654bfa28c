#include "adapters/rest/cors.hpp"

#include <algorithm>
#include <string>

#include "adapters/rest/credentials.hpp"

namespace rest {
namespace {

using gateway::HttpSource;

constexpr std::string_view preflight_age = "600";  // seconds that a browser may keep the answer
constexpr std::string_view any = "*";

bool lists_all(const HttpSource& source) {
    return std::ranges::find(source.origins, any) != source.origins.end();
}

bool is_safe(std::string_view method) {
    return method == "GET" || method == "HEAD";
}

/// Is it for the browser alone?
bool is_of_the_protocol(std::string_view name) {
    return name == "Vary" || name.starts_with("Access-Control-");
}

/// The reply's own: a page may read few others.
std::string names_of_headers(const HttpReply& reply) {
    std::string names;
    for (const auto& [name, value] : reply.headers)
        if (!is_of_the_protocol(name)) names += names.empty() ? name : ", " + name;
    return names;
}

}  // namespace

bool origin_listed(const HttpRequest& request, const HttpSource& source) {
    if (source.origins.empty() || !request.has_header("origin")) return false;
    return lists_all(source) ||
           std::ranges::find(source.origins, request.header("origin")) != source.origins.end();
}

OriginGrant::OriginGrant(const HttpRequest& request, const HttpSource& source)
    : varies_{!source.origins.empty() && !lists_all(source)} {
    if (origin_listed(request, source)) origin_ = lists_all(source) ? any : request.header("origin");
}

void OriginGrant::add_to(HttpReply& reply) const {
    if (!origin_.empty()) {
        if (auto names = names_of_headers(reply); !names.empty())
            reply.headers.emplace_back("Access-Control-Expose-Headers", std::move(names));
    }
    add_origin(reply);
}

void OriginGrant::add_origin(HttpReply& reply) const {
    if (varies_) reply.headers.emplace_back("Vary", "Origin");
    if (!origin_.empty()) reply.headers.emplace_back("Access-Control-Allow-Origin", origin_);
}

bool is_preflight(const HttpRequest& request) {
    return request.method == "OPTIONS" && request.has_header("origin") &&
           request.has_header("access-control-request-method");
}

HttpReply preflight_reply(const HttpRequest& request, const HttpSource& source, std::string_view methods) {
    HttpReply reply;
    reply.status = 204;
    OriginGrant{request, source}.add_origin(reply);
    reply.headers.emplace_back("Access-Control-Allow-Methods", methods);
    if (const auto wanted = request.header("access-control-request-headers"); !wanted.empty())
        reply.headers.emplace_back("Access-Control-Allow-Headers", wanted);
    reply.headers.emplace_back("Access-Control-Max-Age", preflight_age);
    return reply;
}

bool is_forged(const HttpRequest& request, const HttpSource& source, bool has_token) {
    if (has_token || page_of(request) != Page::other || origin_listed(request, source)) return false;
    return request.wants_websocket || !is_safe(request.method);
}

}  // namespace rest
