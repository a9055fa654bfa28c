#include "adapters/rest/call_outcome.hpp"

#include "adapters/rest/envelope.hpp"
#include "adapters/rest/http_status.hpp"
#include "adapters/rest/method_error.hpp"
#include "gateway/json.hpp"
#include "gateway/payload.hpp"

namespace rest {
namespace {

using gateway::Encoding;
using gateway::Errc;
using gateway::Error;

constexpr std::string_view unparsable = "Failure parsing request body";

HttpReply own_error(const Dialect& dialect, int status, const Error& error) {
    return failure_with(dialect, status, "Call failed", error_object(error.name, error.code, error.message));
}

std::string reason_of(const Error& error) {
    const auto literal = gateway::json::member(error.detail.view(), "reason");
    return literal ? gateway::json::unquoted(*literal).value_or("") : std::string{};
}

HttpReply denied(const Dialect& dialect, const Error& error, bool delegated) {
    if (!delegated) return failure(dialect, 403, "Authorization failed", "Access denied");
    if (is_refused_for_another(error)) return failure(dialect, 403, reason_of(error), "Access denied");
    return not_a_delegate(dialect);
}

HttpReply not_found(const Dialect& dialect, const Error& error) {
    return failure(dialect, 404, unparsable, error.message);
}

HttpReply failed(const Dialect& dialect, const Error& error, bool delegated) {
    switch (error.errc) {
        case Errc::access_denied:
            return denied(dialect, error, delegated);
        case Errc::unauthorized:
            return bad_origin(dialect);
        case Errc::not_found:
            return not_found(dialect, error);
        case Errc::mesh_error:
            return failure_with(dialect, 500, "Call failed", method_error_object(dialect, error));
        default:
            return own_error(dialect, gateway::default_status(error.errc), error);
    }
}

/// Happner's answers are JSON whatever a mapping says; the other headers of `respond` and `errors` go along.
void add_headers(HttpReply& reply, const gateway::Response& response) {
    for (const auto& header : response.headers) {
        if (equal_ignoring_case(header.first, "content-type")) continue;
        std::erase_if(reply.headers, [&](const auto& ours) {
            return equal_ignoring_case(ours.first, header.first) &&
                   equal_ignoring_case(ours.first, "retry-after");
        });
        reply.headers.push_back(header);
    }
}

/// What the route's `errors` gave: the status, and a body that stands for the error object.
HttpReply failed_as_shaped(const Dialect& dialect, const gateway::Response& response) {
    HttpReply reply = failed(dialect, *response.error, false);
    if (response.own_status) reply.status = response.status;
    const std::string_view body = response.body.bytes.view();
    if (!body.empty()) reply = failure_with(dialect, reply.status, "Call failed", body);
    add_headers(reply, response);
    return reply;
}

HttpReply login_failed(const Dialect& dialect, int refused, std::string_view message, const Error& error) {
    const int status = is_refusal(error) ? refused : gateway::default_status(error.errc);
    if (error.errc != Errc::unauthorized)
        return failure_with(dialect, status, message, error_object(error.name, error.code, error.message));
    return failure_with(
        dialect, status, message, error_object("AccessDenied", dialect.refused_code, error.message));
}

HttpReply unauthorized_page(int status, std::string_view text) {
    HttpReply reply = text_reply(status, text);
    reply.reason = "unauthorized access";
    return reply;
}

HttpReply page_refused(const Dialect& dialect, std::string_view text) {
    HttpReply reply = unauthorized_page(dialect.page_refused, text);
    if (!dialect.page_challenge.empty())
        reply.headers.emplace_back("WWW-Authenticate", dialect.page_challenge);
    return reply;
}

HttpReply page_of_bad_token(const Dialect& dialect) {
    return page_refused(dialect, "invalid token format or null token");
}

}  // namespace

bool is_refused_for_another(const Error& error) {
    return error.errc == Errc::access_denied && reason_of(error).starts_with("request on behalf of");
}

bool is_refusal(const Error& error) {
    return error.errc == Errc::unauthorized || error.errc == Errc::access_denied;
}

HttpReply bad_origin(const Dialect& dialect) {
    return failure(dialect, 403, "Bad origin", "origin of call unknown");
}

HttpReply too_many_tokens(const Dialect& dialect, gateway::Duration wait) {
    HttpReply reply = failure(dialect, 429, "Bad origin", "too many refused tokens, try again later");
    set_retry_after(reply, wait);
    return reply;
}

HttpReply too_many_logins(const Dialect& dialect, gateway::Duration wait) {
    HttpReply reply = failure(
        dialect, 429, "Failure logging in", "too many logins have failed or are under way, try again later");
    set_retry_after(reply, wait);
    return reply;
}

HttpReply not_a_delegate(const Dialect& dialect) {
    return failure(dialect, 403, "Authorization failed", "origin does not belong to the delegate group");
}

HttpReply missing_component(const Dialect& dialect, std::string_view component) {
    return failure(
        dialect, 404, unparsable, "component " + std::string{component} + " does not exist on mesh");
}

HttpReply missing_method(const Dialect& dialect, const MethodName& name) {
    return failure(
        dialect, 404, unparsable, "method " + name.method + " does not exist on component " + name.component);
}

HttpReply reply_of(const Dialect& dialect, const gateway::Outcome& outcome, bool delegated) {
    if (outcome.error) return failed(dialect, *outcome.error, delegated);
    const auto& result = outcome.answers.empty() ? outcome.answer.bytes : outcome.answers.front();
    return success(dialect, "Call successful", result.view());
}

HttpReply reply_of(const Dialect& dialect, const gateway::Response& response) {
    if (response.error) return failed_as_shaped(dialect, response);
    const auto encoded = gateway::encode(response.body, gateway::Encode::json);
    if (encoded.has_error()) return failed(dialect, encoded.error(), false);
    const gateway::Payload& body = *encoded;
    const bool empty = body.bytes.empty() && body.encoding == Encoding::raw;
    HttpReply reply = success(dialect, "Call successful", empty ? std::string_view{} : body.bytes.view());
    reply.status = response.status;
    add_headers(reply, response);
    return reply;
}

HttpReply login_reply(const Dialect& dialect, const gateway::Result<gateway::Secret>& token) {
    if (token.has_error())
        return login_failed(dialect, dialect.login_refused, "Failure logging in", token.error());
    return success(dialect, "Logged in ok", R"({"token":)" + gateway::json::quoted(token->reveal()) + '}');
}

/// These answers are happn's, not happner's: with blanks in every generation.
HttpReply auth_login_reply(const Dialect& rests, const gateway::Result<gateway::Secret>& token) {
    Dialect dialect = rests;
    dialect.between = ", ";
    if (token.has_error())
        return login_failed(dialect, dialect.auth_login_refused, "login failed", token.error());
    return success(dialect, "login successful", gateway::json::quoted(token->reveal()));
}

HttpReply logout_reply(const Dialect& rests, const gateway::Secret& token) {
    Dialect dialect = rests;
    dialect.between = ", ";
    return success(dialect, "logout successful", gateway::json::quoted(token.reveal()));
}

HttpReply logout_refused(const Dialect& dialect, const Error& error) {
    switch (error.errc) {
        case Errc::unauthorized:
            return page_of_bad_token(dialect);
        case Errc::access_denied:
            return unauthorized_page(403, dialect.logout_refusal);
        case Errc::not_found:
            return problem(404, "the mesh knows no logout over HTTP");
        default:
            return own_error(dialect, gateway::default_status(error.errc), error);
    }
}

HttpReply describe_refused(const Dialect& dialect, const Error& error) {
    if (error.errc == Errc::unauthorized) return page_of_bad_token(dialect);
    if (error.errc == Errc::access_denied)
        return unauthorized_page(403, "unauthorized access to path /@HTTP/rest/describe");
    return own_error(dialect, gateway::default_status(error.errc), error);
}

HttpReply describe_without_token(const Dialect& dialect) {
    return page_refused(dialect, dialect.page_refusal);
}

}  // namespace rest
