#include "adapters/rest/openapi_endpoint.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "adapters/rest/conditional.hpp"
#include "adapters/rest/credentials.hpp"
#include "adapters/rest/http_status.hpp"
#include "adapters/rest/openapi/document.hpp"
#include "gateway/response.hpp"

namespace rest {
namespace {

using gateway::Errc;
using gateway::Error;
using gateway::Security;
using openapi::Caller;

constexpr const char* methods_allowed = "GET, HEAD, OPTIONS";

HttpReply options() {
    HttpReply reply;
    reply.status = 204;
    reply.headers.emplace_back("Allow", methods_allowed);
    return reply;
}

HttpReply not_joined(const std::string& mesh) {
    return problem(503, Error{Errc::unavailable, "the mesh '" + mesh + "' has not been joined yet"});
}

HttpReply refused(const Error& error) {
    HttpReply reply = problem(gateway::default_status(error.errc), error);
    if (error.errc == Errc::unauthorized)
        reply.headers.emplace_back("WWW-Authenticate", R"(Bearer error="invalid_token")");
    return reply;
}

}  // namespace

OpenApiEndpoint::OpenApiEndpoint(OpenApiSettings settings,
                                 gateway::Dispatcher& dispatcher,
                                 gateway::Mesh& addressed,
                                 TokenGuard& tokens)
    : settings_{std::move(settings)}, dispatcher_{dispatcher}, mesh_{addressed}, tokens_{tokens} {}

std::optional<HttpReply> OpenApiEndpoint::refusal_of(const HttpRequest& head) {
    if (head.method == "GET" || head.method == "HEAD" || head.method == "OPTIONS") return std::nullopt;
    HttpReply reply = problem(405, std::string{head.method} + " is not one of " + methods_allowed);
    reply.headers.emplace_back("Allow", methods_allowed);
    return reply;
}

void OpenApiEndpoint::handle(const HttpRequest& request, const Query& query, Respond respond) {
    if (request.method == "OPTIONS") return respond(options());
    if (auto refusal = refusal_of(request)) return respond(*std::move(refusal));
    const auto if_none_match = request.header("if-none-match");
    switch (mesh_.security()) {
        case Security::unknown:
            return respond(not_joined(settings_.rest.mesh));
        case Security::insecure:
            return respond(reply(Caller::anybody, mesh_.description(), if_none_match));
        case Security::secure:
            break;
    }
    auto token = find_token(request, query, settings_.rest, Cookies::from_same_origin);
    if (!token) return respond(reply(Caller::stranger, nullptr, if_none_match));
    ask_mesh(*std::move(token), request, std::move(respond));
}

void OpenApiEndpoint::ask_mesh(gateway::Secret token, const HttpRequest& request, Respond respond) {
    auto principal = gateway::Principal::bearer(std::move(token));
    principal.mesh = settings_.rest.mesh;
    const auto wait = tokens_.wait(request.ip, *principal.token);
    if (wait > gateway::Duration::zero()) return respond(too_many("refused tokens", wait));
    const auto until = gateway::Clock::now() + settings_.timeout;
    auto done = [this,
                 alive = std::weak_ptr{alive_},
                 until,
                 if_none_match = std::string{request.header("if-none-match")},
                 respond = std::move(respond)](gateway::Result<gateway::Principal> known) mutable {
        if (alive.expired()) return;
        if (known.has_error()) return respond(refused(known.error()));
        describe_to(*std::move(known), until, std::move(if_none_match), std::move(respond));
    };
    tokens_.authenticate(request.ip, std::move(principal), until, std::move(done));
}

/// A user who may not read the mesh's description may use mapped routes and the gateway's components all the
/// same.
void OpenApiEndpoint::describe_to(gateway::Principal user,
                                  gateway::TimePoint until,
                                  std::string if_none_match,
                                  Respond respond) {
    auto done = [this,
                 alive = std::weak_ptr{alive_},
                 if_none_match = std::move(if_none_match),
                 respond = std::move(respond)](gateway::Result<Description> visible) {
        if (alive.expired()) return;
        if (visible.has_error() && visible.error().errc != Errc::access_denied)
            return respond(refused(visible.error()));
        Description mesh;
        if (visible.has_value()) mesh = *visible ? *visible : mesh_.description();
        respond(reply(Caller::user, mesh, if_none_match));
    };
    mesh_.describe(std::move(user), until, std::move(done));
}

/// Whoever keeps it asks again each time: what a caller may use, and what there is, may have changed.
HttpReply OpenApiEndpoint::reply(Caller caller, const Description& mesh, std::string_view if_none_match) {
    const Made& made = made_for(caller, mesh);
    HttpReply reply{200, json_type, made.body};
    reply.headers.emplace_back("ETag", strong_etag(made.tag));
    reply.headers.emplace_back("Cache-Control", caller == Caller::user ? "private, no-cache" : "no-cache");
    reply.headers.emplace_back("Vary", "Authorization, Cookie");
    return unless_known(if_none_match, std::move(reply));
}

const OpenApiEndpoint::Made& OpenApiEndpoint::made_for(Caller caller, const Description& mesh) {
    const auto& table = dispatcher_.router().table();
    std::erase_if(made_, [&](const Made& made) { return made.table != table; });
    const auto found = std::ranges::find_if(made_, [&](const Made& made) {
        const bool same_mesh = made.mesh == mesh || (made.mesh && mesh && *made.mesh == *mesh);
        return made.caller == caller && same_mesh;
    });
    if (found != made_.end()) {
        made_.splice(made_.begin(), made_, found);
    } else {
        made_.push_front(make(caller, mesh));
        if (made_.size() > max_documents) made_.pop_back();
    }
    return made_.front();
}

OpenApiEndpoint::Made OpenApiEndpoint::make(Caller caller, const Description& mesh) const {
    const auto& table = dispatcher_.router().table();
    const openapi::View view{*table, mesh.get(), settings_.rest, caller, settings_.title, settings_.version};
    std::string text = openapi::document(view, openapi::Layout::compact);
    std::string tag = entity_tag({text});
    return {table, mesh, caller, gateway::Bytes{std::move(text)}, std::move(tag)};
}

}  // namespace rest
