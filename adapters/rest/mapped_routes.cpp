#include "adapters/rest/mapped_routes.hpp"

#include <algorithm>

#include "adapters/rest/acceptable.hpp"
#include "adapters/rest/conditional.hpp"
#include "adapters/rest/cors.hpp"
#include "adapters/rest/credentials.hpp"
#include "adapters/rest/http_status.hpp"
#include "adapters/rest/kept_request.hpp"
#include "adapters/rest/mapped_request.hpp"
#include "adapters/rest/websocket_upgrade.hpp"
#include "gateway/json.hpp"
#include "gateway/longest_wait.hpp"

namespace rest {
namespace {

using gateway::Clock;
using gateway::Errc;
using gateway::Error;
using gateway::HttpSource;
using gateway::Message;
using gateway::Principal;
using gateway::Result;
using gateway::Security;

constexpr gateway::Duration authentication_timeout = std::chrono::seconds{10};

// --- no route ------------------------------------------------------------------------------------

std::string list_of(std::vector<std::string> methods) {
    std::ranges::sort(methods);
    std::string value;
    for (const std::string& method : methods)
        value += value.empty() ? method : ", " + method;
    return value;
}

std::string allow_value(std::vector<std::string> methods) {
    methods.emplace_back("OPTIONS");
    return list_of(std::move(methods));
}

HttpReply wrong_method(const HttpRequest& request, std::vector<std::string> allowed) {
    const std::string allow = allow_value(std::move(allowed));
    HttpReply reply = problem(405, std::string{request.method} + " is not one of " + allow);
    reply.headers.emplace_back("Allow", allow);
    return reply;
}

const HttpSource* source_of(const gateway::Router& router, std::string_view method, std::string_view path) {
    const auto match = router.match_http(method, path);
    return match.route == nullptr ? nullptr : &std::get<HttpSource>(match.route->source);
}

/// What may be sent to this path; to a browser that asks for a page of another origin, what that page may.
HttpReply options_reply(const gateway::Router& router,
                        const HttpRequest& request,
                        std::vector<std::string> allowed) {
    const auto lets_page = [&](const HttpSource* source) {
        return source != nullptr && origin_listed(request, *source);
    };
    const auto* wanted = source_of(router, request.header("access-control-request-method"), request.path());
    if (is_preflight(request) && lets_page(wanted)) {
        std::erase_if(allowed, [&](const std::string& method) {
            return !lets_page(source_of(router, method, request.path()));
        });
        return preflight_reply(request, *wanted, list_of(std::move(allowed)));
    }
    HttpReply reply;
    reply.status = 204;
    reply.headers.emplace_back("Allow", allow_value(std::move(allowed)));
    return reply;
}

HttpReply no_route(const HttpRequest& request) {
    return problem(404, "no route for " + std::string{request.method} + ' ' + std::string{request.path()});
}

// --- who -----------------------------------------------------------------------------------------

/// RFC 6750 section 3.
HttpReply unauthorized(std::string_view detail, std::string_view challenge) {
    HttpReply reply = problem(401, detail, "Unauthorized");
    reply.headers.emplace_back("WWW-Authenticate", challenge);
    return reply;
}

HttpReply token_wanted() {
    return unauthorized("a token of the mesh is required", "Bearer");
}

/// The mesh has never been joined: it may be one that asks for tokens.
HttpReply nobody_to_ask() {
    const Error error{Errc::unavailable, "the mesh that knows the callers is not connected"};
    return problem(gateway::default_status(error.errc), error);
}

HttpReply not_authenticated(const Error& error) {
    if (error.errc == Errc::unauthorized || error.errc == Errc::access_denied)
        return unauthorized("the token is not accepted", R"(Bearer error="invalid_token")");
    return problem(gateway::default_status(error.errc), error);
}

/// With what the route lets pages of other origins read.
Respond granting(const HttpRequest& request, const HttpSource& source, Respond respond) {
    if (source.origins.empty()) return respond;
    return [grant = OriginGrant{request, source}, respond = std::move(respond)](HttpReply&& reply) {
        grant.add_to(reply);
        respond(std::move(reply));
    };
}

}  // namespace

MappedRoutes::Prepared MappedRoutes::prepare(const HttpRequest& request,
                                             Query query,
                                             const gateway::Route& route) {
    const auto format = is_stream(route) ? stream_format(request) : std::nullopt;
    const bool safe = request.method == "GET" || request.method == "HEAD";
    const auto& source = std::get<HttpSource>(route.source);
    gateway::Result<std::optional<KeyedRequest>> keyed = std::nullopt;
    if (!is_stream(route)) keyed = keyed_request(request, query, source);
    if (keyed.has_error()) return {problem(400, keyed.error()), {}, {}, {}, {}};
    return {message_of(request, std::move(query), source),
            format,
            safe ? std::string{request.header("if-none-match")} : std::string{},
            *std::move(keyed),
            text_form(request)};
}

MappedRoutes::MappedRoutes(gateway::RestSettings settings,
                           gateway::Dispatcher& dispatcher,
                           gateway::Mesh& authority,
                           TokenGuard& tokens,
                           KeyedRequests keyed)
    : settings_{std::move(settings)},
      dispatcher_{dispatcher},
      authority_{authority},
      tokens_{tokens},
      keyed_{std::move(keyed)} {}

const gateway::HttpMatch& MappedRoutes::match_of(const HttpRequest& request) const {
    return request.route.by(dispatcher_.router(), request.method, request.path());
}

const HttpSource* MappedRoutes::source_of(const HttpRequest& request) const {
    const gateway::Route* route = match_of(request).route;
    return route == nullptr ? nullptr : &std::get<HttpSource>(route->source);
}

std::optional<std::size_t> MappedRoutes::max_body(const HttpRequest& head) const {
    const auto* source = source_of(head);
    return source == nullptr ? std::nullopt : source->max_body;
}

OriginGrant MappedRoutes::grant_of(const HttpRequest& request) const {
    const auto* source = source_of(request);
    return source == nullptr ? OriginGrant{} : OriginGrant{request, *source};
}

std::optional<gateway::Secret> MappedRoutes::token_of(const HttpRequest& request,
                                                      const Query& query,
                                                      const HttpSource& source) const {
    if (source.auth == HttpSource::Auth::none || authority_.security() == Security::insecure)
        return std::nullopt;
    return find_token(request, query, settings_, Cookies::never);
}

std::optional<HttpReply> MappedRoutes::refusal_of_head(const HttpRequest& head, const Query& query) const {
    const auto& match = match_of(head);
    if (match.route == nullptr) {
        if (match.kind == gateway::HttpMatch::Kind::no_path) return no_route(head);
        if (head.method == "OPTIONS") return std::nullopt;
        return wrong_method(head, match.allowed);
    }
    const auto& source = std::get<HttpSource>(match.route->source);
    if (auto refusal = refusal_of(*match.route, head, token_of(head, query, source).has_value()))
        return refusal;
    return refusal_of_type(head, source);
}

std::optional<HttpReply> MappedRoutes::unmatched(const gateway::HttpMatch& match,
                                                 const HttpRequest& request) const {
    switch (match.kind) {
        case gateway::HttpMatch::Kind::found:
            return std::nullopt;
        case gateway::HttpMatch::Kind::no_path:
            return no_route(request);
        case gateway::HttpMatch::Kind::wrong_method:
            break;
    }
    return request.method == "OPTIONS" ? options_reply(dispatcher_.router(), request, match.allowed)
                                       : wrong_method(request, match.allowed);
}

HttpReply MappedRoutes::granted(HttpReply reply, const HttpRequest& request) const {
    grant_of(request).add_to(reply);
    return reply;
}

void MappedRoutes::handle(const HttpRequest& request, Query query, Respond respond) {
    const auto& match = match_of(request);
    if (auto reply = unmatched(match, request)) return respond(*std::move(reply));
    const auto& source = std::get<HttpSource>(match.route->source);
    auto token = token_of(request, query, source);
    if (!token)
        return serve(
            *match.route, {Principal{}, Clock::now()}, request, std::move(query), std::move(respond));
    if (auto refusal = refusal_of(*match.route, request, true))
        return respond(granted(*std::move(refusal), request));
    authenticate(*std::move(token),
                 gateway::longest_wait(*match.route),
                 request,
                 std::move(query),
                 std::move(respond));
}

std::optional<HttpReply> MappedRoutes::refusal_of(const gateway::Route& route,
                                                  const HttpRequest& head,
                                                  bool has_token) const {
    const auto& source = std::get<HttpSource>(route.source);
    if (is_forged(head, source, has_token))
        return problem(403, "pages of another origin may not use this route", "AccessDenied");
    if (auto refusal = not_acceptable(route, head)) return refusal;
    if (auto refusal = refusal_of_condition(head)) return refusal;
    if (is_stream(route) && head.wants_websocket)
        if (auto refusal = refusal_of_handshake(head)) return refusal;
    const auto security = authority_.security();
    if (security == Security::insecure || has_token || source.auth != HttpSource::Auth::required)
        return std::nullopt;
    return security == Security::unknown ? nobody_to_ask() : token_wanted();
}

/// The time that it takes is the caller's: the targets have what is left of it.
void MappedRoutes::authenticate(gateway::Secret token,
                                gateway::Duration longest_wait,
                                const HttpRequest& request,
                                Query query,
                                Respond respond) {
    auto principal = Principal::bearer(std::move(token));
    principal.mesh = settings_.mesh;
    const auto wait = tokens_.wait(request.ip, *principal.token);
    if (wait > gateway::Duration::zero()) return respond(granted(too_many("refused tokens", wait), request));
    const auto began = Clock::now();
    auto done = [this,
                 alive = std::weak_ptr{alive_},
                 began,
                 kept = std::make_shared<const KeptRequest>(request, request.body),
                 query = std::move(query),
                 respond = std::move(respond)](Result<Principal> known) mutable {
        if (alive.expired()) return;
        if (known.has_error()) return respond(granted(not_authenticated(known.error()), kept->request()));
        known->mesh = settings_.mesh;
        serve_as({*std::move(known), began}, kept->request(), std::move(query), std::move(respond));
    };
    const auto until = began + std::min(authentication_timeout, longest_wait);
    tokens_.authenticate(request.ip, std::move(principal), until, std::move(done));
}

/// The routes may have been reloaded since the token was sent to the mesh: all that they say is asked anew.
void MappedRoutes::serve_as(Caller caller, const HttpRequest& request, Query query, Respond respond) {
    const auto& match = match_of(request);
    if (auto reply = unmatched(match, request)) return respond(*std::move(reply));
    const auto& source = std::get<HttpSource>(match.route->source);
    if (!token_of(request, query, source)) caller.who = Principal{};  // it asks for nobody now
    serve(*match.route, std::move(caller), request, std::move(query), std::move(respond));
}

void MappedRoutes::serve(
    const gateway::Route& route, Caller caller, const HttpRequest& request, Query query, Respond respond) {
    respond = granting(request, std::get<HttpSource>(route.source), std::move(respond));
    if (auto refusal = refusal_of(route, request, caller.who.token != nullptr))
        return respond(*std::move(refusal));
    auto prepared = prepare(request, std::move(query), route);
    if (auto* message = std::get_if<Message>(&prepared.what)) {
        message->principal = std::move(caller.who);
        message->deadline = caller.since + gateway::longest_wait(route);
    }
    run(route, request.route.take_captures(), std::move(prepared), std::move(respond));
}

std::optional<std::shared_ptr<KeyedExecution>> MappedRoutes::begin(const gateway::Route& route,
                                                                   const Prepared& prepared,
                                                                   const Respond& respond) {
    if (!prepared.keyed) return nullptr;
    auto begun = keyed_.begin(*prepared.keyed, route.name, std::get<Message>(prepared.what).principal);
    if (auto* execution = std::get_if<std::shared_ptr<KeyedExecution>>(&begun)) return std::move(*execution);
    respond(std::get<HttpReply>(std::move(begun)));
    return std::nullopt;
}

void MappedRoutes::run(const gateway::Route& route,
                       gateway::Captures captures,
                       Prepared prepared,
                       Respond respond) {
    auto* message = std::get_if<Message>(&prepared.what);
    if (message == nullptr) return respond(std::move(std::get<HttpReply>(prepared.what)));
    auto keyed = begin(route, prepared, respond);
    if (!keyed) return;
    dispatcher_.run(route,
                    std::move(captures),
                    std::move(*message),
                    [keyed = *std::move(keyed),
                     format = prepared.format,
                     texts = prepared.texts,
                     known = std::move(prepared.if_none_match),
                     respond = std::move(respond)](gateway::Response&& response) {
                        if (format) return respond(stream_reply(std::move(response), *format));
                        const bool is_kept = keyed && !has_not_run(response);
                        HttpReply reply = mapped_reply(std::move(response), texts);
                        if (is_kept) keyed->keep(reply);
                        respond(unless_known(known, std::move(reply)));
                    });
}

}  // namespace rest
