#include "adapters/rest/call_body.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "adapters/rest/credentials.hpp"
#include "adapters/rest/envelope.hpp"
#include "adapters/rest/http_status.hpp"
#include "gateway/arguments.hpp"
#include "gateway/json.hpp"

namespace rest {
namespace {

using gateway::NameValue;
namespace json = gateway::json;

constexpr std::string_view no_parameters = "{}";

bool is_collection(std::string_view text) {
    return gateway::is_object(text) || gateway::is_array(text);
}

/// {"parameters":{"a":"1","b":["2","3"]}}: a repeated name is a list, as Node's querystring has it.
std::string body_of_query(const std::vector<NameValue>& query) {
    nlohmann::ordered_json parameters = nlohmann::ordered_json::object();
    for (const auto& [name, value] : query) {
        if (name == token_name) continue;
        auto& member = parameters[name];
        if (member.is_null()) {
            member = value;
        } else if (member.is_array()) {
            member.push_back(value);
        } else {
            member = nlohmann::ordered_json::array({member, value});
        }
    }
    const nlohmann::ordered_json body{{"parameters", std::move(parameters)}};
    return body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::optional<CallBody> read_query(const std::vector<NameValue>& query, HttpReply& refusal) {
    const auto encoded = std::ranges::find(query, "encoded_parameters", &NameValue::first);
    if (encoded == query.end()) return CallBody::owned(body_of_query(query));
    if (!json::valid(encoded->second)) {
        refusal = failure(400, "Failure parsing request body", "encoded_parameters is not valid JSON");
        return std::nullopt;
    }
    if (!is_collection(encoded->second)) return CallBody::borrowed(no_parameters);
    return CallBody::owned(encoded->second);
}

std::string_view parameters_of(std::string_view body) {
    if (gateway::is_array(body)) return body;
    const auto parameters = json::member(body, "parameters");
    return parameters && is_collection(*parameters) ? *parameters : no_parameters;
}

std::size_t count_arguments(const std::vector<std::string>& parameters) {
    return parameters.size() - static_cast<std::size_t>(std::ranges::count(parameters, "callback"));
}

/// As given, filled up with null to what the method declares.
std::string by_position(std::string_view array, const std::vector<std::string>& parameters) {
    const std::size_t wanted = count_arguments(parameters);
    if (wanted == 0 || json::element(array, wanted - 1)) return std::string{array};
    std::string list = "[";
    for (std::size_t i = 0; i < wanted; ++i) {
        if (i > 0) list += ',';
        list += json::element(array, i).value_or("null");
    }
    list += ']';
    return list;
}

std::string without_credentials(std::string_view parameters) {
    auto object = nlohmann::ordered_json::parse(parameters, nullptr, false);
    if (!object.is_object()) return std::string{no_parameters};
    for (const char* name : {"happn_token", "username", "password"})
        object.erase(name);
    return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string headers_object(const HttpRequest& request) {
    nlohmann::ordered_json object = nlohmann::ordered_json::object();
    for (const Header& header : request.headers) {
        if (!is_credential_header(header.name)) object[lower_case(header.name)] = std::string{header.value};
    }
    return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string injected(std::string_view name, std::string_view parameters, const HttpRequest& request) {
    if (name == "$restParams") return without_credentials(parameters);
    if (name == "$req_headers") return headers_object(request);
    if (name == "$req_method") return json::quoted(request.method);
    return "null";
}

}  // namespace

std::optional<CallBody> read_call_body(const HttpRequest& request,
                                       const std::vector<NameValue>& query,
                                       HttpReply& refusal) {
    if (request.method == "GET") return read_query(query, refusal);
    const bool sent_json = media_type(request.header("content-type")) == json_type;
    if (request.body.empty() || !sent_json) return CallBody::borrowed(no_parameters);
    if (json::valid(request.body) && is_collection(request.body)) return CallBody::borrowed(request.body);
    refusal = html_error(400, "SyntaxError: the request body is not valid JSON");
    return std::nullopt;
}

std::string call_arguments(std::string_view body,
                           const std::vector<std::string>& names,
                           const HttpRequest& request) {
    const std::string_view parameters = parameters_of(body);
    if (gateway::is_array(parameters)) return by_position(parameters, names);
    std::string list;
    list.reserve(parameters.size() + 8);
    list += '[';
    for (const std::string& name : names) {
        if (name == "callback") continue;
        if (list.size() > 1) list += ',';
        if (name.starts_with('$')) {
            list += injected(name, parameters, request);
        } else {
            list += json::member(parameters, name).value_or("null");
        }
    }
    list += ']';
    return list;
}

std::optional<std::string> text_parameter(std::string_view body, std::string_view name) {
    auto parameters = json::member(body, "parameters");
    const auto value = json::member(parameters && gateway::is_object(*parameters) ? *parameters : body, name);
    return value ? json::unquoted(*value) : std::nullopt;
}

}  // namespace rest
