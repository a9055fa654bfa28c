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

constexpr std::size_t max_call_segments = 4;
constexpr std::string_view admin_user = "_ADMIN";

/// How long a mesh may take to say whether a missing method is forbidden: old meshes do not answer such a
/// call at all.
constexpr gateway::Duration missing_method_timeout = std::chrono::seconds{1};

std::vector<std::string_view> split(std::string_view path) {
    std::vector<std::string_view> segments;
    for (;;) {
        const auto slash = path.find('/');
        segments.push_back(path.substr(0, slash));
        if (slash == std::string_view::npos) return segments;
        path.remove_prefix(slash + 1);
    }
}

/// A segment that does not decode stands for itself: no component has a name with `%`.
std::string name_of(std::string_view segment) {
    auto decoded = decode_segment(segment);
    return decoded ? *std::move(decoded) : std::string{segment};
}

/// Safe as a segment of an exchange path on every generation.
bool is_plain_name(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '-';
    });
}

HttpReply not_joined(const std::string& mesh) {
    const Error error{Errc::unavailable, "the mesh '" + mesh + "' has not been joined yet"};
    return failure_with(503, "Call failed", error_object(error.name, 0, error.message));
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
    : settings_{std::move(settings)},
      allow_{settings_.allow},
      timeout_{timeout},
      dispatcher_{dispatcher},
      mesh_{addressed},
      tokens_{std::move(tokens)} {}

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
    const auto body = read_call_body(request, query, refusal);
    if (!body) return respond(std::move(refusal));
    const auto text = [&](std::string_view name) { return text_parameter(body->json(), name).value_or(""); };
    gateway::Login login{text("username"), Secret{text("password")}, Secret{text("token")}};
    if (login.username.empty()) return respond(failure(401, "Failure parsing request body", "no username"));
    if (login.password.empty() && login.token.empty())
        return respond(failure(401, "Failure parsing request body", "no password"));
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
    if (!logins_.allows(request.ip, Clock::now()))
        return respond(failure(429, "Failure logging in", "too many failed logins, try again later"));
    const auto done = [this,
                       alive = std::weak_ptr{alive_},
                       ip = std::string{request.ip},
                       shape,
                       respond = std::move(respond)](Result<Secret> token) {
        const bool wrong = token.has_error() && shape(token).status == 401;
        if (wrong && !alive.expired()) logins_.failed(ip, Clock::now());
        respond(shape(token));
    };
    mesh_.login(std::move(login), done);
}

// --- describe ------------------------------------------------------------------------------------

void HappnerRest::describe(const HttpRequest& request, const Query& query, Respond respond) {
    if (mesh_.security() == Security::unknown) return respond(not_joined(settings_.mesh));
    auto principal = principal_of(request, query);
    if (!principal) return respond(describe_without_token());
    auto attempt = attempt_of(request, *principal);
    if (!attempt.allowed()) return respond(too_many_tokens());
    const auto done =
        [this, alive = std::weak_ptr{alive_}, attempt = std::move(attempt), respond = std::move(respond)](
            Result<std::shared_ptr<const gateway::MeshDescription>> visible) {
            if (visible.has_error()) attempt.failed(visible.error());
            if (alive.expired()) return;
            if (visible.has_error()) return respond(describe_refused(visible.error()));
            const auto description = *visible ? *visible : mesh_.description();
            if (!description) return respond(not_joined(settings_.mesh));
            const std::string menu = call_menu(*description, *dispatcher_.router().table(), allow_);
            respond(success(mesh_.node_name() + " description", menu));
        };
    mesh_.describe(*std::move(principal), deadline(), done);
}

// --- method: segments, body, token, security, mesh, component, method, in happner's own order ----

void HappnerRest::method(const HttpRequest& request,
                         std::string_view call_path,
                         const Query& query,
                         Respond respond) {
    auto segments = split(call_path);
    if (segments.size() > max_call_segments)
        return respond(
            failure(400, "Failure parsing request body", "call path cannot have more than 4 segments"));
    HttpReply refusal;
    const auto body = read_call_body(request, query, refusal);
    if (!body) return respond(std::move(refusal));
    const auto description = mesh_.description();
    if (!description) return respond(not_joined(settings_.mesh));
    auto principal = principal_of(request, query);
    if (!principal) return respond(bad_origin());

    Call call;
    call.attempt = attempt_of(request, *principal);
    if (!call.attempt.allowed()) return respond(too_many_tokens());
    call.principal = *std::move(principal);
    call.deadline = deadline();
    call.name.method = name_of(segments.back());
    if (segments.size() < 2)
        return answer_missing(std::move(call), missing_component("undefined"), std::move(respond));
    call.name.component = name_of(segments[segments.size() - 2]);
    std::optional<std::string> mesh_name;
    if (segments.size() > 2) mesh_name = name_of(segments[segments.size() - 3]);
    if (auto refused = refusal_of(call.name, mesh_name)) return respond(*std::move(refused));
    if (const auto as = gateway::json::member(body->json(), "as");
        as && mesh_.security() != Security::insecure)
        call.on_behalf_of = gateway::json::unquoted(*as).value_or("");

    if (const gateway::Route* own = dispatcher_.router().match_call(call.name.component, call.name.method)) {
        call.args = call_arguments(
            body->json(), names_of(std::get<gateway::CallSource>(own->source).parameters), request);
        return call_own(std::move(call), std::move(respond));
    }
    const auto component = description->components.find(call.name.component);
    if (component == description->components.end())
        return answer_missing(
            std::move(call), missing_component(name_of(segments[segments.size() - 2])), std::move(respond));
    const auto found = component->second.methods.find(call.name.method);
    if (found == component->second.methods.end()) {
        HttpReply missing = missing_method(call.name);
        return answer_missing(std::move(call), std::move(missing), std::move(respond));
    }
    call.args = call_arguments(body->json(), found->second.parameters, request);
    if (call.on_behalf_of == admin_user) return call_as_admin(std::move(call), std::move(respond));
    call_mesh(std::move(call), std::move(respond));
}

std::optional<HttpReply> HappnerRest::refusal_of(const MethodName& name,
                                                 const std::optional<std::string>& mesh) const {
    if (name.component == "security")
        return failure(403, "Access denied", "attempt to access security component over rest");
    if (mesh && *mesh != mesh_.node_name())
        return failure(403, "Access denied", "attempt to access remote mesh: " + *mesh);
    if (!allow_.allows(name.component, name.method))
        return failure(403, "Access denied", name.text() + " is not offered over rest");
    return std::nullopt;
}

void HappnerRest::call_mesh(Call call, Respond respond) {
    gateway::MeshCall mesh_call{call.name.component,
                                call.name.method,
                                Bytes{std::move(call.args)},
                                std::move(call.principal),
                                call.deadline};
    mesh_call.on_behalf_of = call.on_behalf_of;
    const bool delegated = !call.on_behalf_of.empty();
    mesh_.call(std::move(mesh_call),
               [name = std::move(call.name),
                attempt = std::move(call.attempt),
                delegated,
                respond = std::move(respond)](const gateway::Outcome& outcome) {
                   if (outcome.error) attempt.failed(*outcome.error);
                   respond(reply_of(outcome, name, delegated));
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
        if (known.has_error()) return respond(reply_of(gateway::Outcome{known.error()}, call.name, false));
        if (known->username != admin_user) return respond(not_a_delegate());
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
    mesh_.call(std::move(question),
               [name = std::move(call.name),
                attempt = std::move(call.attempt),
                missing = std::move(missing),
                respond = std::move(respond)](const gateway::Outcome& outcome) {
                   if (outcome.error) attempt.failed(*outcome.error);
                   const bool refused = outcome.error && (outcome.error->errc == Errc::access_denied ||
                                                          outcome.error->errc == Errc::unauthorized);
                   if (!outcome.error || refused) return respond(reply_of(outcome, name, false));
                   respond(HttpReply{missing});
               });
}

// --- components of mapping files -----------------------------------------------------------------

/// Delegation is the mesh's to judge, and the mesh is not asked here: so it is refused.
void HappnerRest::call_own(Call call, Respond respond) {
    if (!call.on_behalf_of.empty())
        return respond(failure(
            403, "Authorization failed", "components of the gateway cannot be called on behalf of others"));
    if (mesh_.security() == Security::insecure) return run_own(std::move(call), std::move(respond));
    auto principal = call.principal;
    const auto until = call.deadline;
    auto done = [this, alive = std::weak_ptr{alive_}, call = std::move(call), respond = std::move(respond)](
                    Result<Principal> known) mutable {
        if (known.has_error()) call.attempt.failed(known.error());
        if (alive.expired()) return;
        if (known.has_error()) return respond(reply_of(gateway::Outcome{known.error()}, call.name, false));
        call.principal = *std::move(known);
        call.principal.mesh = settings_.mesh;
        run_own(std::move(call), std::move(respond));
    };
    mesh_.authenticate(std::move(principal), until, std::move(done));
}

void HappnerRest::run_own(Call call, Respond respond) {
    // A reload may have come between authentication and this.
    const gateway::Route* route = dispatcher_.router().match_call(call.name.component, call.name.method);
    if (route == nullptr) return respond(missing_method(call.name));
    gateway::Message message;
    message.connection = "node";
    message.address = call.name.text();
    message.payload =
        gateway::Payload{Bytes{std::move(call.args)}, gateway::Encoding::json, std::string{json_type}};
    message.principal = std::move(call.principal);
    message.properties = gateway::CallProperties{call.name.component, call.name.method};
    dispatcher_.run(*route,
                    {},
                    std::move(message),
                    [name = std::move(call.name), respond = std::move(respond)](
                        gateway::Response&& response) { respond(reply_of(response, name)); });
}

}  // namespace rest
