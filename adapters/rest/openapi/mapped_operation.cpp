#include "adapters/rest/openapi/mapped_operation.hpp"

#include <algorithm>
#include <string>

#include "adapters/rest/http_message.hpp"
#include "adapters/rest/idempotency_key.hpp"
#include "adapters/rest/openapi/mapped_answers.hpp"
#include "adapters/rest/openapi/path_template.hpp"
#include "adapters/rest/openapi/shared_parts.hpp"
#include "gateway/documents/route_facts.hpp"

namespace rest::openapi {
namespace {

namespace documents = gateway::documents;
using gateway::HttpSource;
using gateway::Route;
using gateway::RouteExample;
using Routes = std::vector<const Route*>;

constexpr int first_error_status = 400;
constexpr std::size_t longest_summary = 100;

const HttpSource& source_of(const Route& route) {
    return std::get<HttpSource>(route.source);
}

bool is_accepted(const RouteExample& example) {
    return !example.status || *example.status < first_error_status;
}

// --- parameters ----------------------------------------------------------------------------------

void add_capture_example(Json& parameter, const Route& route, std::size_t index) {
    const auto found = std::ranges::find_if(route.examples, is_accepted);
    if (found == route.examples.end() || index >= found->captures.size()) return;
    parameter["example"] = documents::value_of(found->captures[index], parameter["schema"]);
}

/// Several routes behind one path: the value may be of any of their types.
Json path_parameter_of(const Routes& routes, std::size_t index, const std::string& name) {
    Json parameter = path_parameter(source_of(*routes.front()).path.names()[index], name);
    Json any = Json::array();
    for (const Route* route : routes) {
        const Json schema = documents::schema_of(source_of(*route).path.names()[index].type);
        if (std::ranges::find(any, schema) == any.end()) any.push_back(schema);
    }
    add_capture_example(parameter, *routes.front(), index);
    if (any.size() > 1) parameter["schema"] = {{"anyOf", std::move(any)}};
    return parameter;
}

Json query_parameter(const gateway::QueryParameter& declared, const Route& route) {
    Json parameter{{"name", declared.name},
                   {"in", "query"},
                   {"required", declared.required},
                   {"schema", documents::schema_of(declared)}};
    for (const RouteExample& example : route.examples) {
        if (!is_accepted(example)) continue;
        for (const auto& [name, value] : example.query) {
            if (name == declared.name && !parameter.contains("example"))
                parameter["example"] = documents::value_of(value, parameter["schema"]);
        }
    }
    return parameter;
}

bool has_name(const Json& parameters, const std::string& name) {
    return std::ranges::any_of(parameters, [&](const Json& one) { return one["name"] == name; });
}

/// Required where every route behind the path requires it.
std::optional<Json> idempotency_parameter(const Routes& routes) {
    using Idempotency = HttpSource::Idempotency;
    const auto of = [](const Route* route) { return source_of(*route).idempotency; };
    const auto heeds_none = [](Idempotency one) { return one == Idempotency::none; };
    const auto requires_one = [](Idempotency one) { return one == Idempotency::required; };
    if (std::ranges::all_of(routes, heeds_none, of)) return std::nullopt;
    return Json{{"name", idempotency_key_header},
                {"in", "header"},
                {"required", std::ranges::all_of(routes, requires_one, of)},
                {"description",
                 "A new one for each request, and the same one when a request is sent again: it is executed "
                 "once, and answered as before."},
                {"schema", {{"type", "string"}, {"minLength", 1}, {"maxLength", longest_idempotency_key}}}};
}

Json parameters_of(const Routes& routes, const std::vector<gateway::CaptureName>& names) {
    Json parameters = Json::array();
    for (std::size_t index = 0; index < names.size(); ++index)
        parameters.push_back(path_parameter_of(routes, index, names[index].name));
    Json of_query = Json::array();
    for (const Route* route : routes) {
        for (const gateway::QueryParameter& declared : source_of(*route).query) {
            if (has_name(of_query, declared.name)) continue;
            of_query.push_back(query_parameter(declared, *route));
            if (routes.size() > 1) of_query.back()["required"] = false;  // the other route may not know it
        }
    }
    for (Json& parameter : of_query)
        parameters.push_back(std::move(parameter));
    if (auto key = idempotency_parameter(routes)) parameters.push_back(*std::move(key));
    return parameters;
}

// --- body ----------------------------------------------------------------------------------------

std::string media_range(HttpSource::Body body) {
    switch (body) {
        case HttpSource::Body::json:
            return std::string{json_type};
        case HttpSource::Body::form:
            return "application/x-www-form-urlencoded";
        case HttpSource::Body::text:
            return "text/plain";
        case HttpSource::Body::bytes:
            break;
    }
    return "application/octet-stream";  // any other, too: but writers of clients take a range for a type
}

Json body_schema(HttpSource::Body body) {
    switch (body) {
        case HttpSource::Body::json:
            break;
        case HttpSource::Body::form:
            return {{"type", "object"}, {"additionalProperties", {{"type", "string"}}}};
        case HttpSource::Body::text:
            return {{"type", "string"}};
        case HttpSource::Body::bytes:
            return {{"type", "string"}, {"format", "binary"}};
    }
    return Json::object();
}

bool can_be_shown(const RouteExample& example, HttpSource::Body body) {
    if (example.payload.empty() || !is_accepted(example)) return false;
    return body == HttpSource::Body::json || body == HttpSource::Body::text;
}

Json request_examples(const Route& route) {
    Json examples = Json::object();
    for (const RouteExample& example : route.examples) {
        if (!can_be_shown(example, source_of(route).body)) continue;
        examples["example" + std::to_string(examples.size() + 1)] = {
            {"summary", example.name}, {"value", documents::value_of(example.payload)}};
    }
    return examples;
}

Json request_body(const Routes& routes) {
    Json content = Json::object();
    for (const Route* route : routes) {
        const HttpSource& source = source_of(*route);
        Json& media = content[media_range(source.body)];
        if (media.is_null()) media = Json{{"schema", body_schema(source.body)}};
        if (media.contains("examples")) continue;
        if (Json examples = request_examples(*route); !examples.empty())
            media["examples"] = std::move(examples);
    }
    Json body{{"content", std::move(content)}, {"required", source_of(*routes.front()).needs_body}};
    if (const auto& limit = source_of(*routes.front()).max_body)
        body["description"] = "At most " + std::to_string(*limit) + " bytes.";
    return body;
}

// --- words ---------------------------------------------------------------------------------------

std::string in_words(const Route& route) {
    return route.description.empty() ? route.name : route.description;
}

/// What the path alone does not tell.
std::string description_of(const Routes& routes) {
    const std::string& own = routes.front()->description;
    std::string text = own.size() > longest_summary ? own : std::string{};
    for (auto route = routes.begin() + 1; route != routes.end(); ++route) {
        text += text.empty() ? "" : "\n\n";
        text += "A path that does not fit `" + source_of(*routes.front()).path.text() + "` but `" +
                source_of(**route).path.text() + "` is served by another route: " + in_words(**route) + '.';
    }
    return text;
}

Json security_of_routes(const Routes& routes, const View& view) {
    const auto auth = source_of(*routes.front()).auth;
    if (auth == HttpSource::Auth::none) return Json::array();
    const Token token = auth == HttpSource::Auth::required ? Token::required : Token::optional;
    return security_of(view.rest, Surface::mapped, token);
}

}  // namespace

Json mapped_operation(const Routes& routes,
                      const std::vector<gateway::CaptureName>& names,
                      Draft& draft,
                      const View& view) {
    const Route& first = *routes.front();
    const std::string& method = source_of(first).method;
    Json operation{{"operationId", draft.operation_ids.take(first.name)},
                   {"tags", {documents::file_of(first)}},
                   {"summary", in_words(first).size() > longest_summary ? first.name : in_words(first)}};
    if (std::string text = description_of(routes); !text.empty()) operation["description"] = std::move(text);
    if (Json parameters = parameters_of(routes, names); !parameters.empty())
        operation["parameters"] = std::move(parameters);
    if (method != "GET" && method != "DELETE") operation["requestBody"] = request_body(routes);
    operation["responses"] = answers_of(routes, view);
    if (view.caller != Caller::anybody) operation["security"] = security_of_routes(routes, view);
    return operation;
}

}  // namespace rest::openapi
