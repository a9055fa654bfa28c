#include "adapters/rest/happner_rest.hpp"

#include <algorithm>

#include "adapters/rest/call_body.hpp"
#include "adapters/rest/call_menu.hpp"
#include "adapters/rest/credentials.hpp"
#include "adapters/rest/envelope.hpp"
#include "adapters/rest/http_status.hpp"
#include "gateway/arguments.hpp"
#include "gateway/javascript.hpp"
#include "gateway/json.hpp"
#include "gateway/longest_wait.hpp"

namespace rest {
namespace {

using gateway::Bytes;
using gateway::Clock;
using gateway::Errc;
using gateway::Error;
using gateway::Principal;
using gateway::Result;
using gateway::Security;

constexpr std::string_view admin_user = "_ADMIN";
constexpr std::string_view security_component = "security";

HttpReply not_joined(const Dialect& dialect, const std::string& mesh) {
    const Error error{Errc::unavailable, "the mesh '" + mesh + "' has not been joined yet"};
    return failure_with(dialect, 503, "Call failed", error_object(error.name, 0, error.message));
}

std::vector<std::string> names_of(const std::vector<gateway::Parameter>& parameters) {
    std::vector<std::string> names;
    names.reserve(parameters.size());
    for (const gateway::Parameter& parameter : parameters)
        names.push_back(parameter.name);
    return names;
}

const gateway::MethodDescription* method_in(const gateway::MeshDescription& description,
                                            const MethodName& name) {
    const auto component = description.components.find(name.component);
    if (component == description.components.end()) return nullptr;
    const auto method = component->second.methods.find(name.method);
    return method == component->second.methods.end() ? nullptr : &method->second;
}

}  // namespace

HappnerRest::HappnerRest(gateway::RestSettings settings,
                         gateway::Duration timeout,
                         std::size_t max_body,
                         gateway::Dispatcher& dispatcher,
                         gateway::Mesh& addressed,
                         TokenGuard& tokens)
    : dialect_{dialect_of(settings.dialect)},
      settings_{std::move(settings)},
      allow_{settings_.allow},
      timeout_{timeout},
      max_body_{max_body},
      dispatcher_{dispatcher},
      mesh_{addressed},
      tokens_{tokens} {
    settings_.bearer = settings_.bearer && dialect_.knows_bearer;
}

HttpReply HappnerRest::options() const {
    HttpReply reply;
    reply.status = 204;
    reply.headers.emplace_back("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    return reply;
}

std::optional<Principal> HappnerRest::principal_of(const HttpRequest& request, const Query& query) const {
    if (mesh_.security() == Security::insecure) {
        // There is no credential that a page of another origin would lack.
        return page_of(request) == Page::other ? std::nullopt : std::optional{Principal::anonymous()};
    }
    auto token = find_token(request, query, settings_, Cookies::from_same_origin);
    if (!token) return std::nullopt;
    auto principal = Principal::bearer(*std::move(token));
    principal.mesh = settings_.mesh;
    return principal;
}

/// A page cannot read what another origin answers, but its images and links make calls.
std::optional<Principal> HappnerRest::caller_of(const HttpRequest& request, const Query& query) const {
    if (mesh_.security() == Security::insecure && hides_its_page(request)) return std::nullopt;
    return principal_of(request, query);
}

/// On an insecure mesh there is nobody to know.
void HappnerRest::with_caller(
    const HttpRequest& request, Principal who, gateway::TimePoint until, Respond respond, OnCaller next) {
    if (!who.token) return next(std::move(who), std::move(respond));
    const auto wait = tokens_.wait(request.ip, *who.token);
    if (wait > gateway::Duration::zero()) return respond(too_many_tokens(dialect_, wait));
    auto done = [alive = std::weak_ptr{alive_}, next = std::move(next), respond = std::move(respond)](
                    Result<Principal> known) {
        if (!alive.expired()) next(std::move(known), respond);
    };
    tokens_.authenticate(request.ip, std::move(who), until, std::move(done));
}

// --- describe ------------------------------------------------------------------------------------

void HappnerRest::describe(const HttpRequest& request, const Query& query, Respond respond) {
    if (auto refusal = refusal_of_page(request, query)) return respond(*std::move(refusal));
    auto principal = principal_of(request, query);
    const auto until = Clock::now() + timeout_;
    const auto next = [this, until](Result<Principal> known, Respond answer) {
        if (known.has_error()) return answer(describe_refused(dialect_, known.error()));
        describe_to(*std::move(known), until, std::move(answer));
    };
    with_caller(request, *std::move(principal), until, std::move(respond), next);
}

void HappnerRest::describe_to(Principal caller, gateway::TimePoint until, Respond respond) {
    const auto done = [this, alive = std::weak_ptr{alive_}, respond = std::move(respond)](
                          Result<std::shared_ptr<const gateway::MeshDescription>> visible) {
        if (alive.expired()) return;
        if (visible.has_error()) return respond(describe_refused(dialect_, visible.error()));
        const auto description = *visible ? *visible : mesh_.description();
        if (!description) return respond(not_joined(dialect_, settings_.mesh));
        const std::string menu =
            call_menu(*description, *dispatcher_.router().table(), allow_, dialect_.lists_rest);
        respond(success(dialect_, mesh_.node_name() + " description", menu));
    };
    mesh_.describe(std::move(caller), until, done);
}

std::optional<HttpReply> HappnerRest::refusal_of_page(const HttpRequest& head, const Query& query) const {
    if (mesh_.security() == Security::unknown) return not_joined(dialect_, settings_.mesh);
    if (!principal_of(head, query)) return describe_without_token(dialect_);
    return std::nullopt;
}

// --- method: segments, body, token, security, mesh, component, method, in happner's own order ----

void HappnerRest::method(const HttpRequest& request,
                         std::string_view call_path,
                         const Query& query,
                         Respond respond) {
    const CallPath path = read_call_path(call_path, dialect_);
    if (path.too_long && dialect_.looks_at_length_first) return respond(too_long());
    HttpReply unreadable;
    const auto body = read_call_body(dialect_, max_body_, request, query, unreadable);
    if (!body) return respond(std::move(unreadable));
    auto principal = caller_of(request, query);
    if (auto refusal = refusal_of_caller(principal, path)) return respond(*std::move(refusal));

    Call call;
    call.began = Clock::now();
    call.deadline = call.began + timeout_;
    call.name = {path.component_text(), path.method_text()};
    call.mesh = path.mesh;
    if (dialect_.knows_delegation && mesh_.security() != Security::insecure)
        if (const auto as = gateway::json::member(body->json(), "as")) call.as = *as;
    call.uri = call_path;
    call.kept = std::make_shared<const KeptRequest>(request, body->json());
    call.has_texts = body->has_texts();
    const auto next = [this, call](Result<Principal> known, Respond answer) mutable {
        if (known.has_error()) return answer(reply_of(dialect_, gateway::Outcome{known.error()}, false));
        call.principal = *std::move(known);
        serve(std::move(call), std::move(answer));
    };
    with_caller(request, *std::move(principal), call.deadline, std::move(respond), next);
}

HappnerRest::Offer HappnerRest::offer_of(const MethodName& name) const {
    if (const gateway::Route* own = dispatcher_.router().match_call(name.component, name.method))
        return {Owner::gateway, names_of(std::get<gateway::CallSource>(own->source).parameters), own};
    const auto description = mesh_.description();
    const auto* method = description ? method_in(*description, name) : nullptr;
    return method == nullptr ? Offer{} : Offer{Owner::mesh, method->parameters, nullptr};
}

/// Meshes take a call on behalf of _ADMIN for the caller's own (measured on happn-3 13.12.1), so only
/// _ADMIN's is passed on.
void HappnerRest::serve(Call call, Respond respond) {
    if (call.as) {
        auto user = gateway::json::unquoted(*call.as);
        if (!user && !gateway::javascript::is_falsy(*call.as)) return respond(not_a_delegate(dialect_));
        call.on_behalf_of = std::move(user).value_or("");
    }
    if (call.on_behalf_of == admin_user) {
        if (call.principal.username != admin_user) return respond(not_a_delegate(dialect_));
        call.on_behalf_of.clear();
    }
    if (needs_its_path(call)) {
        const auto next = [this](Call allowed, Respond answer) {
            serve_allowed(std::move(allowed), std::move(answer));
        };
        return when_allowed(std::move(call), std::move(respond), next);
    }
    serve_allowed(std::move(call), std::move(respond));
}

/// Does happner look for a right on the path as it is written, before it looks at what that is? Of a method
/// of the mesh in the usual form it is the right that the call itself needs.
bool HappnerRest::needs_its_path(const Call& call) const {
    if (mesh_.security() == Security::insecure) return false;
    const Owner owner = offer_of(call.name).owner;
    if (owner == Owner::gateway) return false;
    return owner == Owner::nobody || call.mesh || call.name.component == security_component;
}

/// A delegate may go on: whom it acts for is judged by the call.
void HappnerRest::when_allowed(Call call, Respond respond, OnAllowed next) {
    gateway::MeshRight right{call.uri, call.principal, call.on_behalf_of, call.deadline};
    auto done = [this,
                 alive = std::weak_ptr{alive_},
                 call = std::move(call),
                 respond = std::move(respond),
                 next = std::move(next)](const std::optional<Error>& refusal) {
        if (alive.expired()) return;
        const bool delegated = !call.on_behalf_of.empty();
        const bool allowed =
            !refusal || refusal->errc == Errc::not_found || (delegated && is_refused_for_another(*refusal));
        if (allowed) return next(call, respond);
        respond(reply_of(dialect_, gateway::Outcome{*refusal}, delegated));
    };
    mesh_.may_call(std::move(right), std::move(done));
}

void HappnerRest::serve_allowed(Call call, Respond respond) {
    if (call.name.component == no_segment) return respond(missing_reply(call.name));
    if (auto refused = refusal_of(call.name, call.mesh)) return respond(*std::move(refused));
    const Offer offer = offer_of(call.name);
    if (offer.owner == Owner::nobody) return look_again(std::move(call), std::move(respond));
    serve_offered(offer, std::move(call), std::move(respond));
}

/// The arguments are read for the same offer that is then called: their order is its own.
void HappnerRest::serve_offered(const Offer& offer, Call call, Respond respond) {
    call.args = call_arguments(dialect_, call.kept->json(), offer.parameters, call.kept->request());
    if (offer.route != nullptr) return call_own(*offer.route, std::move(call), std::move(respond));
    call_described(std::move(call), std::move(respond));
}

/// The mesh may offer the method since a moment ago.
void HappnerRest::look_again(Call call, Respond respond) {
    const auto until = call.deadline;
    auto done = [this, alive = std::weak_ptr{alive_}, call = std::move(call), respond = std::move(respond)](
                    std::optional<Error> unread) {
        if (alive.expired()) return;
        if (unread) return respond(reply_of(dialect_, gateway::Outcome{*std::move(unread)}, false));
        const Offer offer = offer_of(call.name);
        if (offer.owner == Owner::nobody) return respond(missing_reply(call.name));
        serve_offered(offer, call, respond);
    };
    mesh_.refresh_description(until, std::move(done));
}

std::optional<HttpReply> HappnerRest::refusal_of_call(const HttpRequest& head,
                                                      std::string_view call_path,
                                                      const Query& query) const {
    const CallPath path = read_call_path(call_path, dialect_);
    if (path.too_long && dialect_.looks_at_length_first) return too_long();
    if (auto refusal = refusal_of_caller(caller_of(head, query), path)) return refusal;
    if (!path.component) return std::nullopt;
    return refusal_of({path.component_text(), path.method_text()}, path.mesh);
}

std::optional<HttpReply> HappnerRest::refusal_of_caller(const std::optional<Principal>& principal,
                                                        const CallPath& path) const {
    if (!mesh_.description()) return not_joined(dialect_, settings_.mesh);
    if (!principal) return bad_origin(dialect_);
    if (path.too_long) return too_long();
    return std::nullopt;
}

HttpReply HappnerRest::too_long() const {
    return failure(dialect_,
                   dialect_.unreadable,
                   "Failure parsing request body",
                   "call path cannot have more than 4 segments");
}

std::optional<HttpReply> HappnerRest::refusal_of(const MethodName& name,
                                                 const std::optional<std::string>& mesh) const {
    const auto denied = [this](const std::string& why) {
        return failure(dialect_, 403, "Access denied", why);
    };
    if (name.component == security_component) return denied("attempt to access security component over rest");
    if (mesh && *mesh != mesh_.node_name()) return denied("attempt to access remote mesh: " + *mesh);
    if (!allow_.allows(name.component, name.method)) return denied(name.text() + " is not offered over rest");
    return std::nullopt;
}

void HappnerRest::call_described(Call call, Respond respond) {
    if (call.args.session_at && mesh_.security() != Security::insecure)
        return fill_in_session(std::move(call), std::move(respond));
    call_mesh(std::move(call), std::move(respond));
}

/// The method has a parameter `$userSession`.
void HappnerRest::fill_in_session(Call call, Respond respond) {
    auto principal = call.principal;
    const auto until = call.deadline;
    auto done = [this, alive = std::weak_ptr{alive_}, call = std::move(call), respond = std::move(respond)](
                    Result<Bytes> session) mutable {
        if (alive.expired()) return;
        if (session.has_error()) return respond(reply_of(dialect_, gateway::Outcome{session.error()}, false));
        call.args.set_session(session->view());
        call_described(std::move(call), std::move(respond));
    };
    mesh_.session_of(std::move(principal), until, std::move(done));
}

void HappnerRest::call_mesh(Call call, Respond respond) {
    gateway::MeshCall mesh_call{call.name.component,
                                call.name.method,
                                Bytes{std::move(call.args.json)},
                                std::move(call.principal),
                                call.deadline};
    mesh_call.on_behalf_of = call.on_behalf_of;
    const bool delegated = !call.on_behalf_of.empty();
    mesh_.call(std::move(mesh_call),
               [&dialect = dialect_, delegated, respond = std::move(respond)](
                   const gateway::Outcome& outcome) { respond(reply_of(dialect, outcome, delegated)); });
}

HttpReply HappnerRest::missing_reply(const MethodName& name) const {
    const auto description = mesh_.description();
    const bool has_component = description && description->components.contains(name.component);
    return has_component ? missing_method(dialect_, name) : missing_component(dialect_, name.component);
}

// --- components of mapping files -----------------------------------------------------------------

/// Delegation is the mesh's to judge, and the mesh is not asked here: so it is refused.
void HappnerRest::call_own(const gateway::Route& route, Call call, Respond respond) {
    if (!call.on_behalf_of.empty())
        return respond(failure(dialect_,
                               403,
                               "Authorization failed",
                               "components of the gateway cannot be called on behalf of others"));
    if (call.has_texts)
        call.args.json =
            gateway::typed_arguments(call.args.json, std::get<gateway::CallSource>(route.source).parameters);
    call.principal.mesh = settings_.mesh;
    gateway::Message message;
    message.connection = "node";
    message.address = call.name.text();
    message.payload =
        gateway::Payload{Bytes{std::move(call.args.json)}, gateway::Encoding::json, std::string{json_type}};
    message.principal = std::move(call.principal);
    message.properties = gateway::CallProperties{call.name.component, call.name.method};
    message.deadline = call.began + gateway::longest_wait(route);
    dispatcher_.run(route,
                    {},
                    std::move(message),
                    [&dialect = dialect_, respond = std::move(respond)](gateway::Response&& response) {
                        respond(reply_of(dialect, response));
                    });
}

}  // namespace rest
