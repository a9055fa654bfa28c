// How users log in by the mirror: /rest/login and /auth/login, and how fast those who guess may go on.
#include "adapters/rest/happner_rest.hpp"

#include "adapters/rest/envelope.hpp"

namespace rest {
namespace {

using gateway::Clock;
using gateway::Errc;
using gateway::Error;
using gateway::Result;
using gateway::Secret;

/// In the words of a mesh that has been given no user.
Error invalid_credentials() {
    return {Errc::unauthorized, "AccessDenied", 401, "Invalid credentials"};
}

std::string_view first_query_value(const Query& query, std::string_view name, std::string_view short_name) {
    for (const auto& [key, value] : query) {
        if (key == name || key == short_name) return value;
    }
    return {};
}

}  // namespace

void HappnerRest::login(const HttpRequest& request, const Query& query, Respond respond) {
    HttpReply refusal;
    const auto body = read_call_body(dialect_, max_body_, request, query, refusal);
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
    if (login.username.empty()) return respond(auth_login_reply(dialect_, invalid_credentials()));
    log_in(std::move(login), request, &auth_login_reply, std::move(respond));
}

void HappnerRest::log_in(gateway::Login login,
                         const HttpRequest& request,
                         LoginShape shape,
                         Respond respond) {
    const auto wait = logins_.wait(request.ip, login.username, Clock::now());
    if (wait > gateway::Duration::zero()) return respond(too_many_logins(dialect_, wait));
    const auto done = [this,
                       alive = std::weak_ptr{alive_},
                       &dialect = dialect_,
                       attempt = logins_.begin(request.ip, login.username),
                       shape,
                       respond = std::move(respond)](Result<Secret> token) {
        if (token.has_error() && is_refusal(token.error())) attempt.failed(Clock::now());
        if (token.has_value() && !alive.expired()) logins_.succeeded(attempt);
        respond(shape(dialect, token));
    };
    mesh_.login(std::move(login), done);
}

HttpReply HappnerRest::incomplete_login(std::string_view what) const {
    return failure(dialect_, dialect_.login_refused, "Failure parsing request body", what);
}

}  // namespace rest
