#include "adapters/rest/openapi/mirror_paths.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/rest/allow_list.hpp"
#include "adapters/rest/http_message.hpp"
#include "adapters/rest/openapi/path_template.hpp"
#include "adapters/rest/openapi/responses.hpp"
#include "adapters/rest/openapi/shared_parts.hpp"
#include "gateway/documents/route_facts.hpp"

namespace rest::openapi {
namespace {

namespace documents = gateway::documents;
using gateway::CallSource;
using gateway::Route;

constexpr const char* mirror_tag = "rest";
constexpr std::string_view callback_name = "callback";  // happner's own last argument

/// Of the mesh; neither can be called or seen over REST.
bool is_hidden(std::string_view component) {
    return component == "security" || component == "rest";
}

/// Names are not decoded, as happner does not: one that a URL spells in another way is out of reach.
bool has_a_path(const std::string& name) {
    return !name.empty() && encoded_segment(name) == name;
}

/// The mirror fills these in itself, or the mesh does.
bool is_filled_in(std::string_view parameter) {
    return parameter == callback_name || parameter.starts_with('$');
}

Json envelope(const Json& data) {
    return {
        {"type", "object"},
        {"properties", {{"message", {{"type", "string"}}}, {"data", data}, {"error", {{"type", "null"}}}}},
        {"required", {"message", "data", "error"}}};
}

Json json_body(Json schema) {
    return {{"content", {{json_type, {{"schema", std::move(schema)}}}}}, {"required", true}};
}

// --- login and describe --------------------------------------------------------------------------

Json login_schema() {
    const Json text{{"type", "string"}};
    Json token = text;
    token["description"] = "A token that is to be renewed, instead of a password.";
    Json password = text;
    password["format"] = "password";
    return {
        {"type", "object"},
        {"properties", {{"username", text}, {"password", std::move(password)}, {"token", std::move(token)}}},
        {"required", {"username"}},
        {"anyOf", {{{"required", {"password"}}}, {{"required", {"token"}}}}}};
}

void add_login(Draft& draft, const View& view) {
    Responses responses;
    const Json token{
        {"type", "object"}, {"properties", {{"token", {{"type", "string"}}}}}, {"required", {"token"}}};
    responses.add(200, "The mesh's token for this user.", json_type, envelope(token));
    responses.share("400", "BadCall");
    responses.share("401", "LoginRefused");
    responses.share("429", "CallTooManyTokens");
    responses.share("default", "CallFailed");
    Json operation{{"operationId", draft.operation_ids.take("rest_login")},
                   {"tags", {mirror_tag}},
                   {"summary", "Log in to the mesh, and get its token"},
                   {"requestBody", json_body(login_schema())},
                   {"responses", std::move(responses).json()}};
    if (view.caller != Caller::anybody) operation["security"] = Json::array();
    draft.paths["/rest/login"]["post"] = std::move(operation);
}

Json menu_schema() {
    const Json entry{
        {"type", "object"},
        {"properties",
         {{"uri", {{"type", "string"}}},
          {"parameters", {{"type", "object"}, {"additionalProperties", {{"type", "string"}}}}}}}};
    return {{"type", "object"}, {"additionalProperties", entry}};
}

void share_failures(Responses& responses, const View& view) {
    responses.share("403", "CallRefused");
    if (view.caller != Caller::anybody) responses.share("429", "CallTooManyTokens");
    responses.share("503", "MeshUnavailable");
    responses.share("504", "CallTimeout");
    responses.share("default", "CallFailed");
}

void add_security(Json& operation, const View& view) {
    if (view.caller != Caller::anybody)
        operation["security"] = security_of(view.rest, Surface::mirror, Token::required);
}

void add_describe(Draft& draft, const View& view) {
    Responses responses;
    responses.add(200, "The methods that the caller may call.", json_type, envelope(menu_schema()));
    share_failures(responses, view);
    Json operation{{"operationId", draft.operation_ids.take("rest_describe")},
                   {"tags", {mirror_tag}},
                   {"summary", "List the methods that the caller may call"},
                   {"responses", std::move(responses).json()}};
    add_security(operation, view);
    draft.paths["/rest/describe"]["get"] = std::move(operation);
}

// --- methods -------------------------------------------------------------------------------------

struct Method {
    std::string summary;
    std::string description;
    Json arguments = Json::object();  // a schema, of an object by name
    Json result = Json::object();
    const Route* own = nullptr;
};

using Methods = std::map<std::pair<std::string, std::string>, Method>;

void add_own(Methods& methods, const View& view, const AllowList& allow) {
    for (const Route& route : view.table.routes()) {
        const auto* source = std::get_if<CallSource>(&route.source);
        if (source == nullptr || !allow.allows(source->component, source->method)) continue;
        Method method;
        method.summary =
            route.description.empty() ? source->component + '/' + source->method : route.description;
        method.description = "Served by the gateway, as a mapping file declares.";
        method.arguments = documents::arguments_schema(*source);
        method.result = documents::answer_schema(view.table, route);
        method.own = &route;
        methods[{source->component, source->method}] = std::move(method);
    }
}

/// What a mesh says of its methods is the names of their parameters.
Method mesh_method(const std::string& name, const gateway::MethodDescription& described) {
    Method method;
    method.summary = name;
    method.arguments = {{"type", "object"}, {"properties", Json::object()}};
    for (const std::string& parameter : described.parameters) {
        if (!is_filled_in(parameter)) method.arguments["properties"][parameter] = Json::object();
    }
    return method;
}

void add_mesh(Methods& methods, const View& view, const AllowList& allow) {
    if (view.mesh == nullptr) return;
    for (const auto& [component, described] : view.mesh->components) {
        if (is_hidden(component) || !has_a_path(component)) continue;
        for (const auto& [name, details] : described.methods) {
            if (has_a_path(name) && allow.allows(component, name))
                methods.try_emplace({component, name}, mesh_method(component + '/' + name, details));
        }
    }
}

Json request_schema(const Method& method, const View& view) {
    const bool wants_arguments = method.arguments.contains("required");
    Json schema{{"type", "object"}, {"properties", {{"parameters", method.arguments}}}};
    if (method.own == nullptr && view.caller != Caller::anybody)
        schema["properties"]["as"] = {
            {"type", "string"},
            {"description", "The user on whose behalf to call, for members of the mesh's delegate group."}};
    if (wants_arguments) schema["required"] = {"parameters"};
    return schema;
}

Json request_body(const Method& method, const View& view) {
    Json body = json_body(request_schema(method, view));
    body["required"] = method.arguments.contains("required");
    if (method.own == nullptr) return body;
    Json examples = Json::object();
    for (const gateway::RouteExample& example : method.own->examples) {
        if (example.payload.empty()) continue;
        examples["example" + std::to_string(examples.size() + 1)] = {
            {"summary", example.name}, {"value", {{"parameters", documents::value_of(example.payload)}}}};
    }
    if (!examples.empty()) body["content"].front()["examples"] = std::move(examples);
    return body;
}

void add_answer(Responses& responses, const Method& method) {
    responses.add(200, "`data` is the method's first result.", json_type, envelope(method.result));
    if (method.own == nullptr) return;
    for (const gateway::RouteExample& example : method.own->examples) {
        if (example.answer.empty()) continue;
        responses.add_example(200,
                              example.name,
                              {{"message", "Call successful"},
                               {"data", documents::value_of(example.answer)},
                               {"error", nullptr}});
    }
}

/// `errors` of a method decide for its failures (docs/rest.md).
void add_own_errors(Responses& responses, const Method& method) {
    if (method.own == nullptr) return;
    for (const gateway::ErrorRule& rule : method.own->errors) {
        if (rule.status)
            responses.add(
                *rule.status,
                rule.name ? "The error " + *rule.name + '.' : std::string{"An error of the method."},
                json_type,
                shared_schema(failure_schema));
    }
}

Json call_operation(const std::string& component,
                    const std::string& name,
                    const Method& method,
                    Draft& draft,
                    const View& view) {
    Responses responses;
    add_answer(responses, method);
    add_own_errors(responses, method);
    responses.share("400", "BadCall");
    responses.share("404", "NoSuchMethod");
    responses.share("500", "CallFailed");
    share_failures(responses, view);
    Json operation{{"operationId", draft.operation_ids.take(component + '_' + name)},
                   {"tags", {component}},
                   {"summary", method.summary}};
    if (!method.description.empty()) operation["description"] = method.description;
    operation["requestBody"] = request_body(method, view);
    operation["responses"] = std::move(responses).json();
    add_security(operation, view);
    return operation;
}

void add_methods(Draft& draft, const View& view) {
    const AllowList allow{view.rest.allow};
    Methods methods;
    add_own(methods, view, allow);
    add_mesh(methods, view, allow);
    for (const auto& [names, method] : methods) {
        const auto& [component, name] = names;
        const auto rule = view.table.components().find(component);
        draft.add_tag(component, rule == view.table.components().end() ? "" : rule->second.description);
        draft.paths["/rest/method/" + encoded_segment(component) + '/' + encoded_segment(name)]["post"] =
            call_operation(component, name, method, draft, view);
    }
}

}  // namespace

void add_mirror_paths(Draft& draft, const View& view) {
    draft.add_tag(mirror_tag, "The mirror of happner's REST component.");
    add_login(draft, view);
    if (view.caller == Caller::stranger) return;
    add_describe(draft, view);
    add_methods(draft, view);
}

}  // namespace rest::openapi
