#include "adapters/rest/request_fields.hpp"

#include <nlohmann/json.hpp>

#include "adapters/rest/credentials.hpp"
#include "adapters/rest/query_text.hpp"
#include "gateway/json.hpp"

namespace rest {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view mount = "/rest/method";

std::string text_of(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool is_token(std::string_view pair) {
    const auto parsed = read_query_as_node(pair);
    return !parsed.empty() && parsed.front().first == token_name;
}

/// "?a=1" of "a=1&happn_token=x"; empty without any.
std::string search_of(const HttpRequest& request) {
    std::string search;
    std::string_view rest = request.query();
    while (!rest.empty()) {
        const auto end = rest.find('&');
        const std::string_view pair = rest.substr(0, end);
        if (!is_token(pair)) {
            search += search.empty() ? '?' : '&';
            search += pair;
        }
        if (end == std::string_view::npos) break;
        rest.remove_prefix(end + 1);
    }
    return search;
}

Json headers_of(const HttpRequest& request) {
    Json headers = Json::object();
    for (const Header& header : request.headers) {
        if (!is_credential_header(header.name)) headers[lower_case(header.name)] = std::string{header.value};
    }
    return headers;
}

/// As Node's querystring has it: a repeated name is a list.
Json query_of(const HttpRequest& request) {
    Json object = Json::object();
    for (const auto& [name, value] : read_query_as_node(request.query())) {
        if (name == token_name) continue;
        if (!object.contains(name)) {
            object[name] = value;
        } else if (object[name].is_array()) {
            object[name].push_back(value);
        } else {
            object[name] = Json::array({object[name], value});
        }
    }
    return object;
}

Json uri_of(const HttpRequest& request) {
    const std::string path{request.path()}, search = search_of(request);
    Json uri = Json::object();
    for (const char* absent : {"protocol", "slashes", "auth", "host", "port", "hostname", "hash"})
        uri[absent] = nullptr;
    uri["search"] = search;
    uri["query"] = query_of(request);
    uri["pathname"] = path;
    uri["path"] = uri["href"] = path + search;
    return uri;
}

/// What is left below the place where happner's web server has put the component.
std::string url_of(const HttpRequest& request) {
    std::string_view path = request.path();
    const auto at = path.find(mount);
    if (at != std::string_view::npos) path.remove_prefix(at + mount.size());
    return std::string{path.empty() ? std::string_view{"/"} : path} + search_of(request);
}

}  // namespace

std::string request_field(std::string_view name, const HttpRequest& request, std::string_view body) {
    if (name == "headers") return text_of(headers_of(request));
    if (name == "method") return gateway::json::quoted(request.method);
    if (name == "url") return gateway::json::quoted(url_of(request));
    if (name == "originalUrl") return gateway::json::quoted(std::string{request.path()} + search_of(request));
    if (name == "uri") return text_of(uri_of(request));
    if (name == "body") return std::string{request.method == "GET" ? std::string_view{"{}"} : body};
    return "null";
}

}  // namespace rest
