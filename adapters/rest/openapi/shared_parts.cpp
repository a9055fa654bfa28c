#include "adapters/rest/openapi/shared_parts.hpp"

#include "adapters/rest/credentials.hpp"
#include "adapters/rest/http_message.hpp"

namespace rest::openapi {
namespace {

constexpr const char* bearer_scheme = "bearer";
constexpr const char* query_scheme = "query";
constexpr const char* cookie_scheme = "cookie";

Json api_key(const char* place, const char* description) {
    return {{"type", "apiKey"}, {"in", place}, {"name", token_name}, {"description", description}};
}

Json security_schemes(const gateway::RestSettings& rest) {
    Json schemes = Json::object();
    if (rest.bearer)
        schemes[bearer_scheme] = {
            {"type", "http"}, {"scheme", "bearer"}, {"description", "The mesh's token, from `/rest/login`."}};
    if (rest.query) schemes[query_scheme] = api_key("query", "The mesh's token in the query.");
    if (rest.cookie)
        schemes[cookie_scheme] =
            api_key("cookie", "The mesh's token, from the same origin only, and below `/rest` only.");
    return schemes;
}

/// RFC 9457, with the error's own name and code (docs/http.md).
Json problem() {
    return {{"type", "object"},
            {"description", "A problem, as RFC 9457 has it."},
            {"properties",
             {{"type", {{"type", "string"}, {"format", "uri-reference"}}},
              {"title", {{"type", "string"}}},
              {"status", {{"type", "integer"}}},
              {"detail", {{"type", "string"}}},
              {"name", {{"type", "string"}, {"description", "The error's name, such as AccessDenied."}}},
              {"code", {{"type", "integer"}, {"description", "The error's code, where it has one."}}}}},
            {"required", {"type", "title", "status"}}};
}

/// happner's envelope around what went wrong.
Json failure() {
    return {{"type", "object"},
            {"description", "happner's envelope around an error."},
            {"properties",
             {{"message", {{"type", "string"}}},
              {"data", {{"type", "null"}}},
              {"error", {{"description", "The method's own error, or an object with a `message`."}}}}},
            {"required", {"message", "data", "error"}}};
}

Json problem_response(const char* description) {
    return {{"description", description},
            {"content", {{problem_type, {{"schema", shared_schema(problem_schema)}}}}}};
}

Json failure_response(const char* description) {
    return {{"description", description},
            {"content", {{json_type, {{"schema", shared_schema(failure_schema)}}}}}};
}

Json with_header(Json response, const char* name, const char* description) {
    response["headers"][name] = {{"description", description}, {"schema", {{"type", "string"}}}};
    return response;
}

constexpr const char* retry = "Seconds to wait before trying again.";

Json responses() {
    return {
        {"BadRequest", problem_response("The path, the query or the body does not fit.")},
        {"Unauthorized",
         with_header(
             problem_response("No token, or one that is not accepted."), "WWW-Authenticate", "Bearer")},
        {"Forbidden", problem_response("The mesh refuses it.")},
        {"NotAcceptable", problem_response("The client accepts nothing that the route can send.")},
        {"KeyInUse",
         with_header(
             problem_response("The request with this Idempotency-Key is under way."), "Retry-After", retry)},
        {"KeyReused", problem_response("This Idempotency-Key was sent with another request.")},
        {"TooLarge", problem_response("The body is too large.")},
        {"UnsupportedType", problem_response("The body is of another type, or compressed.")},
        {"TooManyTokens",
         with_header(problem_response("Too many refused tokens from this address."), "Retry-After", retry)},
        {"TargetFailed", problem_response("What stands behind the route answered with an error.")},
        {"Unavailable",
         with_header(
             problem_response("What stands behind the route is away or overloaded."), "Retry-After", retry)},
        {"Timeout", problem_response("No answer in time.")},
        {"Problem", problem_response("Anything else that went wrong.")},
        {"CallFailed", failure_response("The method answered with an error.")},
        {"BadCall", failure_response("The body cannot be read, or an argument does not fit.")},
        {"LoginRefused", failure_response("The mesh does not know this user, password or token.")},
        {"CallRefused",
         failure_response("No token, one that is not accepted, or one whose user may not call this.")},
        {"NoSuchMethod", failure_response("The method is not there any more.")},
        {"CallTooManyTokens",
         with_header(
             failure_response("Too many refused tokens or logins from this address."), "Retry-After", retry)},
        {"MeshUnavailable",
         with_header(
             failure_response("The mesh is not connected, or too much is under way."), "Retry-After", retry)},
        {"CallTimeout", failure_response("No answer in time.")},
    };
}

Json reference(const char* kind, const char* name) {
    return {{"$ref", std::string{"#/components/"} + kind + '/' + name}};
}

}  // namespace

Json shared_parts(const View& view) {
    Json parts{{"schemas", {{problem_schema, problem()}, {failure_schema, failure()}}},
               {"responses", responses()}};
    if (view.caller != Caller::anybody) parts["securitySchemes"] = security_schemes(view.rest);
    return parts;
}

Json shared_response(const char* name) {
    return reference("responses", name);
}

Json shared_schema(const char* name) {
    return reference("schemas", name);
}

Json security_of(const gateway::RestSettings& rest, Surface surface, Token token) {
    Json any = Json::array();
    const auto add = [&](const char* scheme) { any.push_back({{scheme, Json::array()}}); };
    if (token == Token::optional) any.push_back(Json::object());
    if (rest.bearer) add(bearer_scheme);
    if (rest.query) add(query_scheme);
    if (rest.cookie && surface == Surface::mirror) add(cookie_scheme);
    return any;
}

}  // namespace rest::openapi
