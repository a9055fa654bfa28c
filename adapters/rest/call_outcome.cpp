#include "adapters/rest/call_outcome.hpp"

#include "adapters/rest/envelope.hpp"
#include "adapters/rest/http_status.hpp"
#include "gateway/json.hpp"
#include "gateway/payload.hpp"

namespace rest {
namespace {

using gateway::Encoding;
using gateway::Errc;
using gateway::Error;

constexpr std::string_view unparsable = "Failure parsing request body";
constexpr int invalid_credentials = 401;

HttpReply own_error(int status, const Error& error) {
    return failure_with(status, "Call failed", error_object(error.name, error.code, error.message));
}

HttpReply timed_out(const MethodName& name) {
    const Error error{Errc::timeout, name.text() + " did not answer in time"};
    return own_error(gateway::default_status(Errc::timeout), error);
}

/// The mesh says in `reason` whose right was missing.
HttpReply denied(const Error& error, bool delegated) {
    if (!delegated) return failure(403, "Authorization failed", "Access denied");
    const auto literal = gateway::json::member(error.detail.view(), "reason");
    const auto reason = literal ? gateway::json::unquoted(*literal) : std::nullopt;
    if (reason && reason->starts_with("request on behalf of")) return failure(403, *reason, "Access denied");
    return not_a_delegate();
}

HttpReply not_found(const Error& error) {
    return failure(404, unparsable, error.message);
}

HttpReply failed(const Error& error, const MethodName& name, bool delegated) {
    switch (error.errc) {
        case Errc::timeout:
            return timed_out(name);
        case Errc::access_denied:
            return denied(error, delegated);
        case Errc::unauthorized:
            return bad_origin();
        case Errc::not_found:
            return not_found(error);
        case Errc::mesh_error:
            return failure_with(500, "Call failed", method_error_object(error));
        default:
            return own_error(gateway::default_status(error.errc), error);
    }
}

/// What the route's `errors` gave: the status, and a body that stands for the error object.
HttpReply failed_as_shaped(const gateway::Response& response, const MethodName& name) {
    HttpReply reply = failed(*response.error, name, false);
    const bool own_status = response.status != gateway::default_status(response.error->errc);
    if (own_status) reply.status = response.status;
    const std::string_view body = response.body.bytes.view();
    return body.empty() ? reply : failure_with(reply.status, "Call failed", body);
}

bool is_refusal(const Error& error) {
    return error.errc == Errc::unauthorized || error.errc == Errc::access_denied;
}

HttpReply login_failed(std::string_view message, const Error& error) {
    const int status = is_refusal(error) ? invalid_credentials : gateway::default_status(error.errc);
    if (error.errc != Errc::unauthorized)
        return failure_with(status, message, error_object(error.name, error.code, error.message));
    return failure_with(status, message, error_object("AccessDenied", invalid_credentials, error.message));
}

HttpReply unauthorized_page(int status, std::string_view text) {
    HttpReply reply = text_reply(status, text);
    reply.reason = "unauthorized access";
    return reply;
}

}  // namespace

HttpReply bad_origin() {
    return failure(403, "Bad origin", "origin of call unknown");
}

HttpReply too_many_tokens() {
    return failure(429, "Bad origin", "too many refused tokens, try again later");
}

HttpReply not_a_delegate() {
    return failure(403, "Authorization failed", "origin does not belong to the delegate group");
}

HttpReply missing_component(std::string_view component) {
    return failure(404, unparsable, "component " + std::string{component} + " does not exist on mesh");
}

HttpReply missing_method(const MethodName& name) {
    return failure(
        404, unparsable, "method " + name.method + " does not exist on component " + name.component);
}

HttpReply reply_of(const gateway::Outcome& outcome, const MethodName& name, bool delegated) {
    if (outcome.error) return failed(*outcome.error, name, delegated);
    const auto& result = outcome.answers.empty() ? outcome.answer.bytes : outcome.answers.front();
    return success("Call successful", result.view());
}

HttpReply reply_of(const gateway::Response& response, const MethodName& name) {
    if (response.error) return failed_as_shaped(response, name);
    const auto encoded = gateway::encode(response.body, gateway::Encode::json);
    if (encoded.has_error()) return failed(encoded.error(), name, false);
    const gateway::Payload& body = *encoded;
    const bool empty = body.bytes.empty() && body.encoding == Encoding::raw;
    HttpReply reply = success("Call successful", empty ? std::string_view{} : body.bytes.view());
    reply.status = response.status;
    return reply;
}

HttpReply login_reply(const gateway::Result<gateway::Secret>& token) {
    if (token.has_error()) return login_failed("Failure logging in", token.error());
    return success("Logged in ok", R"({"token":)" + gateway::json::quoted(token->reveal()) + '}');
}

HttpReply auth_login_reply(const gateway::Result<gateway::Secret>& token) {
    if (token.has_error()) return login_failed("login failed", token.error());
    return success("login successful", gateway::json::quoted(token->reveal()));
}

HttpReply describe_refused(const Error& error) {
    if (error.errc == Errc::unauthorized) return describe_without_token();
    if (error.errc == Errc::access_denied)
        return unauthorized_page(403, "unauthorized access to path /@HTTP/rest/describe");
    return own_error(gateway::default_status(error.errc), error);
}

HttpReply describe_without_token() {
    HttpReply reply = unauthorized_page(401, "invalid token format or null token");
    reply.headers.emplace_back("WWW-Authenticate", "happn-auth");
    return reply;
}

}  // namespace rest
