#include "adapters/rest/happner_rest.hpp"

#include <algorithm>

#include "adapters/rest/call_body.hpp"
#include "adapters/rest/call_menu.hpp"
#include "adapters/rest/credentials.hpp"
#include "adapters/rest/envelope.hpp"
#include "adapters/rest/http_status.hpp"
#include "gateway/json.hpp"

namespace rest {
namespace {

using gateway::Bytes;
using gateway::Clock;
using gateway::Errc;
using gateway::Error;
using gateway::Principal;
using gateway::Result;
using gateway::Secret;
using gateway::Security;

constexpr std::string_view admin_user = "_ADMIN";

/// How long a mesh may take to say whether a missing method is forbidden: old meshes do not answer such a
/// call at all.
constexpr gateway::Duration missing_method_timeout = std::chrono::seconds{1};

/// Safe as a segment of an exchange path on every generation.
bool is_plain_name(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '-';
    });
}

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

std::string_view first_query_value(const Query& query, std::string_view name, std::string_view short_name) {
    for (const auto& [key, value] : query) {
        if (key == name || key == short_name) return value;
    }
    return {};
}

}  // namespace

HappnerRest::HappnerRest(gateway::RestSettings settings,
                         gateway::Duration timeout,
                         gateway::Dispatcher& dispatcher,
                         gateway::Mesh& addressed,
                         std::shared_ptr<LoginLimit> tokens)
    : dialect_{dialect_of(settings.dialect)},
      settings_{std::move(settings)},
      allow_{settings_.allow},
      timeout_{timeout},
      dispatcher_{dispatcher},
      mesh_{addressed},
      tokens_{std::move(tokens)} {
    settings_.bearer = settings_.bearer && dialect_.knows_bearer;
}

HttpReply HappnerRest::options() const {
    HttpReply reply;
    reply.status = 204;
    reply.headers.emplace_back("Allow", "GET, POST, PUT, PATCH, DELETE, OPTIONS");
    return reply;
}

std::optional<Principal> HappnerRest::principal_of(const HttpRequest& request, const Query& query) const {
    if (mesh_.security() == Security::insecure) {
        // There is no credential that a page of another origin would lack.
        return same_origin(request) ? std::optional{Principal::anonymous()} : std::nullopt;
    }
    auto token = find_token(request, query, settings_, Cookies::from_same_origin);
    if (!token) return std::nullopt;
    auto principal = Principal::bearer(*std::move(token));
    principal.mesh = settings_.mesh;
    return principal;
}

TokenAttempt HappnerRest::attempt_of(const HttpRequest& request, const Principal& principal) const {
    return principal.token ? TokenAttempt{tokens_, request.ip} : TokenAttempt{};
}

// --- login ---------------------------------------------------------------------------------------

void HappnerRest::login(const HttpRequest& request, const Query& query, Respond respond) {
    HttpReply refusal;
    const auto body = read_call_body(dialect_, request, query, refusal);
    if (!body) return respond(std::move(refusal));
    const auto text = [&](std::string_view name) { return text_parameter(body->json(), name).value_or(""); };
    gateway::Login login{text("username"), Secret{text("password")}, Secret{text("token")}};
    if (!dialect_.knows_tokens_at_login) login.token = {};
    if (login.username.empty()) return respond(incomplete_login("no username"));
    if (login.password.empty() && login.token.empty()) return respond(incomplete_login("no password"));
    log_in(std::move(login), request, &login_reply, std::move(respond));
}

void HappnerRest::auth_login(const HttpRequest& request, const Query& query, Respond respond) {
    const std::string_view username = first_query_value(query, "username", "u");
    const std::string_view password = first_query_value(query, "password", "p");
    const std::string_view token = first_query_value(query, "token", "token");
    gateway::Login login{std::string{username}, Secret{std::string{password}}, Secret{std::string{token}}};
    log_in(std::move(login), request, &auth_login_reply, std::move(respond));
}

void HappnerRest::log_in(gateway::Login login,
                         const HttpRequest& request,
                         LoginShape shape,
                         Respond respond) {
    const auto now = Clock::now();
    const auto wait = logins_.wait(request.ip, login.username, now);
    if (wait > gateway::Duration::zero()) return respond(too_many_logins(dialect_, wait));
    const auto done = [this,
                       alive = std::weak_ptr{alive_},
                       &dialect = dialect_,
                       attempt = logins_.begin(request.ip, login.username, now),
                       shape,
                       respond = std::move(respond)](Result<Secret> token) {
        if (!alive.expired()) count_login(attempt, token);
        respond(shape(dialect, token));
    };
    mesh_.login(std::move(login), done);
}

void HappnerRest::count_login(const LoginGuard::Attempt& attempt, const Result<Secret>& token) {
    if (token) return logins_.succeeded(attempt, Clock::now());
    if (!is_refusal(token.error())) logins_.came_to_nothing(attempt, Clock::now());
}

HttpReply HappnerRest::incomplete_login(std::string_view what) const {
    return failure(dialect_, dialect_.login_refused, "Failure parsing request body", what);
}

// --- describe ------------------------------------------------------------------------------------

void HappnerRest::describe(const HttpRequest& request, const Query& query, Respond respond) {
    if (auto refusal = refusal_of_describe(request, query)) return respond(*std::move(refusal));
    auto principal = principal_of(request, query);
    auto attempt = attempt_of(request, *principal);
    const auto wait = attempt.wait(mesh_, *principal);
    if (wait > gateway::Duration::zero()) return respond(too_many_tokens(dialect_, wait));
    const auto done =
        [this, alive = std::weak_ptr{alive_}, attempt = std::move(attempt), respond = std::move(respond)](
            Result<std::shared_ptr<const gateway::MeshDescription>> visible) {
            if (visible.has_error()) attempt.failed(visible.error());
            if (alive.expired()) return;
            if (visible.has_error()) return respond(describe_refused(dialect_, visible.error()));
            const auto description = *visible ? *visible : mesh_.description();
            if (!description) return respond(not_joined(dialect_, settings_.mesh));
            const std::string menu =
                call_menu(*description, *dispatcher_.router().table(), allow_, dialect_.lists_rest);
            respond(success(dialect_, mesh_.node_name() + " description", menu));
        };
    mesh_.describe(*std::move(principal), deadline(), done);
}

std::optional<HttpReply> HappnerRest::refusal_of_describe(const HttpRequest& head, const Query& query) const {
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
    const auto body = read_call_body(dialect_, request, query, unreadable);
    if (!body) return respond(std::move(unreadable));
    auto principal = principal_of(request, query);
    if (auto refusal = refusal_of_caller(principal, path)) return respond(*std::move(refusal));

    Call call;
    call.attempt = attempt_of(request, *principal);
    const auto wait = call.attempt.wait(mesh_, *principal);
    if (wait > gateway::Duration::zero()) return respond(too_many_tokens(dialect_, wait));
    call.principal = *std::move(principal);
    call.deadline = deadline();
    call.name = {path.component_text(), path.method_text()};
    if (!path.component)
        return answer_missing(std::move(call), missing_component(dialect_, no_segment), std::move(respond));
    if (auto refused = refusal_of(call.name, path.mesh)) return respond(*std::move(refused));
    if (const auto as = gateway::json::member(body->json(), "as");
        as && dialect_.knows_delegation && mesh_.security() != Security::insecure) {
        auto user = gateway::json::unquoted(*as);
        if (!user && !is_falsy(*as)) return respond(not_a_delegate(dialect_));
        call.on_behalf_of = std::move(user).value_or("");
    }

    if (const gateway::Route* own = dispatcher_.router().match_call(call.name.component, call.name.method)) {
        const auto names = names_of(std::get<gateway::CallSource>(own->source).parameters);
        call.args = call_arguments(dialect_, body->json(), names, request);
        return call_own(std::move(call), std::move(respond));
    }
    const auto description = mesh_.description();
    const auto component = description->components.find(call.name.component);
    if (component == description->components.end()) {
        HttpReply missing = missing_component(dialect_, call.name.component);
        return answer_missing(std::move(call), std::move(missing), std::move(respond));
    }
    const auto found = component->second.methods.find(call.name.method);
    if (found == component->second.methods.end()) {
        HttpReply missing = missing_method(dialect_, call.name);
        return answer_missing(std::move(call), std::move(missing), std::move(respond));
    }
    call.args = call_arguments(dialect_, body->json(), found->second.parameters, request);
    call_described(std::move(call), std::move(respond));
}

std::optional<HttpReply> HappnerRest::refusal_of_call(const HttpRequest& head,
                                                      std::string_view call_path,
                                                      const Query& query) const {
    const CallPath path = read_call_path(call_path, dialect_);
    if (path.too_long && dialect_.looks_at_length_first) return too_long();
    if (auto refusal = refusal_of_caller(principal_of(head, query), path)) return refusal;
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
    if (name.component == "security") return denied("attempt to access security component over rest");
    if (mesh && *mesh != mesh_.node_name()) return denied("attempt to access remote mesh: " + *mesh);
    if (!allow_.allows(name.component, name.method)) return denied(name.text() + " is not offered over rest");
    return std::nullopt;
}

void HappnerRest::call_described(Call call, Respond respond) {
    if (call.args.session_at && mesh_.security() != Security::insecure)
        return fill_in_session(std::move(call), std::move(respond));
    if (call.on_behalf_of == admin_user) return call_as_admin(std::move(call), std::move(respond));
    call_mesh(std::move(call), std::move(respond));
}

/// The method has a parameter `$userSession`.
void HappnerRest::fill_in_session(Call call, Respond respond) {
    auto principal = call.principal;
    const auto until = call.deadline;
    auto done = [this, alive = std::weak_ptr{alive_}, call = std::move(call), respond = std::move(respond)](
                    Result<Bytes> session) mutable {
        if (session.has_error()) call.attempt.failed(session.error());
        if (alive.expired()) return;
        if (session.has_error())
            return respond(reply_of(dialect_, gateway::Outcome{session.error()}, call.name, false));
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
               [&dialect = dialect_,
                name = std::move(call.name),
                attempt = std::move(call.attempt),
                delegated,
                respond = std::move(respond)](const gateway::Outcome& outcome) {
                   if (outcome.error) attempt.failed(*outcome.error);
                   respond(reply_of(dialect, outcome, name, delegated));
               });
}

/// Meshes take a call on behalf of _ADMIN for the caller's own (measured on happn-3 13.12.1), so only
/// _ADMIN's is passed on.
void HappnerRest::call_as_admin(Call call, Respond respond) {
    auto principal = call.principal;
    const auto until = call.deadline;
    auto done = [this, alive = std::weak_ptr{alive_}, call = std::move(call), respond = std::move(respond)](
                    Result<Principal> known) mutable {
        if (known.has_error()) call.attempt.failed(known.error());
        if (alive.expired()) return;
        if (known.has_error())
            return respond(reply_of(dialect_, gateway::Outcome{known.error()}, call.name, false));
        if (known->username != admin_user) return respond(not_a_delegate(dialect_));
        call.on_behalf_of.clear();
        call_mesh(std::move(call), std::move(respond));
    };
    mesh_.authenticate(std::move(principal), until, std::move(done));
}

/// A secure mesh tells only those who might call a method that it does not exist. Whether they might, only
/// the mesh knows, so it is asked by the call itself; should the method exist after all, its answer is as
/// good as any.
void HappnerRest::answer_missing(Call call, HttpReply missing, Respond respond) {
    const bool askable = is_plain_name(call.name.component) && is_plain_name(call.name.method);
    if (mesh_.security() == Security::insecure || !askable) return respond(std::move(missing));
    gateway::MeshCall question{call.name.component,
                               call.name.method,
                               Bytes::literal("[]"),
                               std::move(call.principal),
                               std::min(call.deadline, Clock::now() + missing_method_timeout)};
    question.on_behalf_of = std::move(call.on_behalf_of);
    mesh_.call(std::move(question),
               [&dialect = dialect_,
                name = std::move(call.name),
                attempt = std::move(call.attempt),
                missing = std::move(missing),
                respond = std::move(respond)](const gateway::Outcome& outcome) {
                   if (outcome.error) attempt.failed(*outcome.error);
                   const bool refused = outcome.error && (outcome.error->errc == Errc::access_denied ||
                                                          outcome.error->errc == Errc::unauthorized);
                   if (!outcome.error || refused) return respond(reply_of(dialect, outcome, name, false));
                   respond(HttpReply{missing});
               });
}

// --- components of mapping files -----------------------------------------------------------------

/// Delegation is the mesh's to judge, and the mesh is not asked here: so it is refused.
void HappnerRest::call_own(Call call, Respond respond) {
    if (!call.on_behalf_of.empty())
        return respond(failure(dialect_,
                               403,
                               "Authorization failed",
                               "components of the gateway cannot be called on behalf of others"));
    if (mesh_.security() == Security::insecure) return run_own(std::move(call), std::move(respond));
    auto principal = call.principal;
    const auto until = call.deadline;
    auto done = [this, alive = std::weak_ptr{alive_}, call = std::move(call), respond = std::move(respond)](
                    Result<Principal> known) mutable {
        if (known.has_error()) call.attempt.failed(known.error());
        if (alive.expired()) return;
        if (known.has_error())
            return respond(reply_of(dialect_, gateway::Outcome{known.error()}, call.name, false));
        call.principal = *std::move(known);
        call.principal.mesh = settings_.mesh;
        run_own(std::move(call), std::move(respond));
    };
    mesh_.authenticate(std::move(principal), until, std::move(done));
}

void HappnerRest::run_own(Call call, Respond respond) {
    // A reload may have come between authentication and this.
    const gateway::Route* route = dispatcher_.router().match_call(call.name.component, call.name.method);
    if (route == nullptr) return respond(missing_method(dialect_, call.name));
    gateway::Message message;
    message.connection = "node";
    message.address = call.name.text();
    message.payload =
        gateway::Payload{Bytes{std::move(call.args.json)}, gateway::Encoding::json, std::string{json_type}};
    message.principal = std::move(call.principal);
    message.properties = gateway::CallProperties{call.name.component, call.name.method};
    dispatcher_.run(*route,
                    {},
                    std::move(message),
                    [&dialect = dialect_, name = std::move(call.name), respond = std::move(respond)](
                        gateway::Response&& response) { respond(reply_of(dialect, response, name)); });
}

}  // namespace rest
