#include "adapters/rest/http_surface.hpp"

#include "adapters/rest/credentials.hpp"
#include "adapters/rest/http_status.hpp"
#include "adapters/rest/query_text.hpp"
#include "gateway/json.hpp"

namespace rest {
namespace {

using gateway::Bytes;

/// As a happn-3 13.12.1 node says it: by `pingInterval` a client knows that the server pings.
constexpr std::string_view primus_spec =
    R"({"pingInterval":30000,"pathname":"/primus","version":"8.0.9","parser":"json","transformer":"websockets"})";

/// "method/a/b" of "/rest/method/a/b" below "/rest"; nullopt if `path` is not below `root`.
std::optional<std::string_view> below(std::string_view path, std::string_view root) {
    if (!path.starts_with(root)) return std::nullopt;
    path.remove_prefix(root.size());
    if (path.empty()) return path;
    if (path.front() != '/') return std::nullopt;
    return path.substr(1);
}

HttpReply upgrade_required() {
    HttpReply reply = text_reply(426, "Upgrade Required");
    reply.headers.emplace_back("Upgrade", "websocket");
    reply.headers.emplace_back("Cache-Control", "no-store, no-cache, must-revalidate, max-age=0");
    return reply;
}

bool is_browser_script(std::string_view path) {
    return path.starts_with("/browser_") || path == "/api/client";
}

HttpReply nothing_else_below_rest() {
    return problem(404, "below /rest there are login, describe and method");
}

/// Served as a happn node does, whatever is sent there.
bool is_of_the_node(std::string_view path) {
    return path == "/version" || path == "/ping" || path == "/primus/spec";
}

/// Of a secure node alone.
bool is_of_its_users(std::string_view path) {
    return path == "/auth/login" || path == "/auth/logout";
}

/// Not of anything that it has (RFC 9110 section 9.3.7).
bool asks_the_server(const HttpRequest& request) {
    return request.method == "OPTIONS" && request.target == "*";
}

HttpReply server_options() {
    HttpReply reply;
    reply.status = 204;
    reply.headers.emplace_back("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    return reply;
}

bool is_origin_form(std::string_view path) {
    if (path.empty() || path.front() != '/') return false;
    return path.find_first_of(std::string_view{"\0\r\n\t \\", 6}) == std::string_view::npos;
}

}  // namespace

HttpSurface::HttpSurface(SurfaceSettings settings,
                         gateway::Dispatcher& dispatcher,
                         gateway::Mesh& addressed,
                         gateway::Metrics& metrics)
    : settings_{std::move(settings)},
      mesh_{addressed},
      metrics_{metrics},
      hosts_{settings_.rest.hosts},
      tokens_{addressed},
      happner_{settings_.rest,
               settings_.timeouts.rest,
               settings_.limits.http_body,
               dispatcher,
               addressed,
               tokens_},
      routes_{settings_.rest, dispatcher, addressed, tokens_, KeyedRequests{settings_.idempotency, metrics}},
      openapi_{{settings_.rest, settings_.timeouts.rest, settings_.title, settings_.version},
               dispatcher,
               addressed,
               tokens_} {}

void HttpSurface::handle(const HttpRequest& request, Respond respond) {
    if (auto refusal = refusal_of_name(request)) return respond(*std::move(refusal));
    if (asks_the_server(request)) return respond(server_options());
    const std::string_view path = request.path();
    if (!is_origin_form(path)) return respond(problem(400, "the request target must be a path"));
    if (const auto rest = rest_path(path))
        return serve_rest(request, *rest, read_query_as_node(request.query()), std::move(respond));
    auto query = parse_query(request.query());
    if (!query) return respond(problem(400, "the query is not valid percent-encoded UTF-8"));
    if (path == "/openapi.json") return openapi_.handle(request, *query, std::move(respond));
    if (serve_node(request, path, *query, respond)) return;
    routes_.handle(request, *std::move(query), std::move(respond));
}

std::optional<HttpReply> HttpSurface::refusal_of_head(const HttpRequest& head) const {
    if (auto refusal = refusal_of_name(head)) return refusal;
    const std::string_view path = head.path();
    const auto query = parse_query(head.query());
    if (!is_origin_form(path) || !query) return std::nullopt;
    if (path == "/openapi.json") return openapi_.refusal_of(head);
    if (const auto rest = rest_path(path)) return refusal_of_rest(head, *rest, *query);
    if (auto refusal = not_served(path)) return refusal;
    if (is_of_the_node(path) || is_of_its_users(path)) return std::nullopt;
    return routes_.refusal_of_head(head, *query);
}

bool HttpSurface::hears_body_first(const HttpRequest& head) const {
    return rest_path(head.path()).has_value();
}

std::optional<HttpReply> HttpSurface::refusal_of_rest(const HttpRequest& head,
                                                      const RestPath& path,
                                                      const Query& query) const {
    if (head.method == "OPTIONS") return std::nullopt;
    switch (path.what) {
        case RestPath::What::login:
            return std::nullopt;
        case RestPath::What::describe:
            return happner_.refusal_of_page(head, query);
        case RestPath::What::method:
            return happner_.refusal_of_call(head, path.call, query);
        case RestPath::What::nothing:
            return nothing_else_below_rest();
    }
    return std::nullopt;
}

std::optional<HttpReply> HttpSurface::refusal_of_name(const HttpRequest& request) const {
    auto refusal = hosts_.refusal_of(request, mesh_.security());
    if (refusal) metrics_.count("requests_refused_by_host");
    return refusal;
}

void HttpSurface::open_to_page(const HttpRequest& head, HttpReply& reply) const {
    if (head.has_header("origin") && is_origin_form(head.path())) routes_.grant_of(head).add_to(reply);
}

std::string HttpSurface::user_of(const HttpRequest& request) const {
    const auto query = parse_query(request.query());
    if (!query) return {};
    const bool mirrored = request.path() == "/openapi.json" || rest_path(request.path());
    const auto cookies =
        mirrored ? Cookies::from_same_origin : Cookies::never;  // on mapped routes none counts
    const auto token = find_token(request, *query, settings_.rest, cookies);
    return token ? mesh_.user_of(*token) : std::string{};
}

std::size_t HttpSurface::max_body(const HttpRequest& head) const {
    if (rest_path(head.path())) return settings_.limits.http_body;
    return routes_.max_body(head).value_or(settings_.limits.http_body);
}

std::optional<RestPath> HttpSurface::rest_path(std::string_view path) const {
    return read_rest_path(path, mesh_.node_name());
}

/// Any method but OPTIONS is as good as another here, as in happner.
void HttpSurface::serve_rest(const HttpRequest& request,
                             const RestPath& path,
                             const Query& query,
                             Respond respond) {
    if (path.what == RestPath::What::nothing) return respond(nothing_else_below_rest());
    if (request.method == "OPTIONS") return respond(happner_.options());
    switch (path.what) {
        case RestPath::What::login:
            return happner_.login(request, query, std::move(respond));
        case RestPath::What::describe:
            return happner_.describe(request, query, std::move(respond));
        case RestPath::What::method:
            return happner_.method(request, path.call, query, std::move(respond));
        case RestPath::What::nothing:
            return;  // answered above
    }
}

bool HttpSurface::serve_node(const HttpRequest& request,
                             std::string_view path,
                             const Query& query,
                             Respond& respond) {
    if (path == "/version") {
        respond(HttpReply{
            200, json_type, Bytes{R"({"version":)" + gateway::json::quoted(settings_.happn_version) + '}'}});
    } else if (path == "/ping") {
        respond(HttpReply{200, text_type, Bytes::literal("pong")});
    } else if (path == "/primus/spec") {
        respond(HttpReply{200, json_type, Bytes::literal(primus_spec)});
    } else if (path == "/auth/login" && mesh_.security() != gateway::Security::insecure) {
        happner_.auth_login(request, query, std::move(respond));
    } else if (path == "/auth/logout" && mesh_.security() != gateway::Security::insecure) {
        happner_.logout(request, query, std::move(respond));
    } else if (auto refusal = not_served(path)) {
        respond(*std::move(refusal));
    } else {
        return false;
    }
    return true;
}

/// What a happn node has and the gateway has not.
std::optional<HttpReply> HttpSurface::not_served(std::string_view path) const {
    const bool has_logins = mesh_.security() != gateway::Security::insecure;
    if (path == "/primus/spec" || (is_of_its_users(path) && has_logins)) return std::nullopt;
    if (is_primus_path(path)) return upgrade_required();
    if (path == "/auth/request-nonce")
        return problem(501, "digest logins are not available through the gateway: use /rest/login");
    if (below(path, "/auth")) return problem(404, "there is no such login here");
    if (is_browser_script(path))
        return problem(
            501, "the gateway serves no browser scripts: load happn-3 or happner-client from your own pages");
    return std::nullopt;
}

bool is_primus_path(std::string_view path) {
    return below(path, "/primus").has_value();
}

}  // namespace rest
