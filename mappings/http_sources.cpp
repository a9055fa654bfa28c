#include "mappings/http_sources.hpp"

#include <algorithm>
#include <array>

#include "config/units.hpp"
#include "mappings/happn_surface.hpp"
#include "mappings/sources.hpp"

namespace mappings {
namespace {

using config::Node;
using gateway::AddressKind;
using gateway::HttpSource;
using gateway::Value;
using gateway::ValueType;

constexpr std::array<std::string_view, 5> http_methods{"GET", "POST", "PUT", "PATCH", "DELETE"};
constexpr std::string_view token_name = "happn_token";  // a token of the mesh, in the query of any request

ValueType query_type(std::string_view word) {
    return word == "int"      ? ValueType::integer
           : word == "number" ? ValueType::number
           : word == "bool"   ? ValueType::boolean
                              : ValueType::string;
}

bool has_type(const Node& node, ValueType type) {
    switch (type) {
        case ValueType::integer:
            return node.as_integer().has_value();
        case ValueType::number:
            return node.as_number().has_value();
        case ValueType::boolean:
            return node.as_bool().has_value();
        default:
            return node.is_scalar();
    }
}

void check_range(const Node& node, const gateway::QueryParameter& parameter, const Compilation& compilation) {
    if (!parameter.minimum && !parameter.maximum) return;
    const Node& limit = known_child(node, parameter.minimum ? "min" : "max");
    if (parameter.type != ValueType::integer && parameter.type != ValueType::number)
        compilation.error("HG414", limit.place(), "'min' and 'max' need the type int or number");
    if (parameter.minimum && parameter.maximum && *parameter.minimum > *parameter.maximum)
        compilation.error("HG409", limit.place(), "'min' is above 'max': nothing would be taken");
}

bool is_in_range(const Node& number, const gateway::QueryParameter& parameter) {
    const auto value = number.as_number();
    return !value || ((!parameter.minimum || *value >= *parameter.minimum) &&
                      (!parameter.maximum || *value <= *parameter.maximum));
}

void read_default(const Node& node, gateway::QueryParameter& parameter, const Compilation& compilation) {
    const Node* fallback = child(node, "default");
    if (fallback == nullptr) return;
    if (parameter.required)
        compilation.error(
            "HG414", fallback->place(), "'required' and 'default' exclude each other: it is never missing");
    if (!has_type(*fallback, parameter.type)) {
        compilation.error("HG407", fallback->place(), "'default' is not of the parameter's type");
    } else if (parameter.type == ValueType::string) {
        parameter.fallback = Value::text(fallback->text());
    } else {
        parameter.fallback = Value::json(gateway::Bytes{fallback->json()});
        if (!is_in_range(*fallback, parameter))
            compilation.error("HG409", fallback->place(), "'default' is outside 'min' and 'max'");
    }
}

gateway::QueryParameter compile_query_parameter(const Node::Member& member, const Compilation& compilation) {
    const Node& node = member.value;
    gateway::QueryParameter parameter;
    parameter.name = member.key;
    if (parameter.name == token_name)
        compilation.error(
            "HG210", member.place, "'" + parameter.name + "' is the caller's token: no route sees it");
    parameter.type = query_type(node.is_scalar() ? node.text() : text_of(node, "type"));
    if (!node.is_map()) return parameter;
    parameter.required = flag_of(node, "required");
    parameter.minimum = number_of(node, "min");
    parameter.maximum = number_of(node, "max");
    check_range(node, parameter, compilation);
    read_default(node, parameter, compilation);
    return parameter;
}

HttpSource::Auth auth_of(const Node& node) {
    const auto word = text_of(node, "auth", "required");
    return word == "none"       ? HttpSource::Auth::none
           : word == "optional" ? HttpSource::Auth::optional
                                : HttpSource::Auth::required;
}

/// The other methods are idempotent by themselves (RFC 9110 section 9.2.2).
HttpSource::Idempotency idempotency_of(const Node& node,
                                       std::string_view method,
                                       const Compilation& compilation) {
    const auto* member = node.find("idempotency");
    if (member == nullptr) return HttpSource::Idempotency::none;
    if (method != "POST" && method != "PATCH")
        compilation.error("HG414", member->place, "'idempotency' goes with POST and PATCH only");
    const auto word = text_of(node, "idempotency");
    return word == "required"   ? HttpSource::Idempotency::required
           : word == "optional" ? HttpSource::Idempotency::optional
                                : HttpSource::Idempotency::none;
}

HttpSource::Body body_of(const Node& node, std::string_view method, const Compilation& compilation) {
    if (method == "GET") {
        for (const char* key : {"body", "max_body"}) {
            if (const auto* member = node.find(key))
                compilation.error("HG414", member->place, "'" + std::string{key} + "': a GET has no body");
        }
    }
    const auto word = text_of(node, "body", "json");
    return word == "form"    ? HttpSource::Body::form
           : word == "text"  ? HttpSource::Body::text
           : word == "bytes" ? HttpSource::Body::bytes
                             : HttpSource::Body::json;
}

/// As browsers send it: scheme and host, and a port that is not the scheme's own (RFC 6454 section 6.2).
bool is_origin(std::string_view text) {
    if (text == "*") return true;
    if (text.find('*') != std::string_view::npos) return false;
    const auto scheme = text.find("://");
    const bool known = text.starts_with("http://") || text.starts_with("https://");
    return known && text.size() > scheme + 3 &&
           text.find_first_of("/?# ", scheme + 3) == std::string_view::npos;
}

std::vector<std::string> origins_of(const Node& source, const Compilation& compilation) {
    const Node* cors = child(source, "cors");
    if (cors == nullptr) return {};
    auto origins = words_of(*cors, "origins");
    for (const auto& origin : origins) {
        if (!is_origin(origin))
            compilation.error(
                "HG409",
                known_child(*cors, "origins").place(),
                "'" + origin + "' is no origin",
                "write scheme and host, without a path: https://app.example; or \"*\" alone for all");
    }
    return origins;
}

}  // namespace

std::optional<gateway::SourceRule> compile_http_source(const Node& node, const Compilation& compilation) {
    const Node& spelled = known_child(node, "http");
    const std::string_view text = spelled.text();
    const auto blank = text.find(' ');
    HttpSource source;
    source.method = text.substr(0, blank);
    source.auth = auth_of(node);
    source.body = body_of(node, source.method, compilation);
    source.origins = origins_of(node, compilation);
    source.idempotency = idempotency_of(node, source.method, compilation);
    if (const auto* query = child(node, "query")) {
        for (const auto& member : query->members())
            source.query.push_back(compile_query_parameter(member, compilation));
    }
    if (const auto* max_body = child(node, "max_body"))
        source.max_body = config::parse_size(max_body->text());
    if (blank == std::string_view::npos ||
        std::ranges::find(http_methods, source.method) == http_methods.end()) {
        compilation.error("HG204",
                          spelled.place(),
                          "an http source is written \"<METHOD> <path>\"",
                          "the method is one of GET, POST, PUT, PATCH and DELETE");
        return std::nullopt;
    }
    const auto path = text.substr(blank + 1);
    if (!path.starts_with('/')) {
        compilation.error("HG204", spelled.place_at(blank + 1), "an HTTP path begins with '/'");
        return std::nullopt;
    }
    if (is_on_happn_surface(path)) {
        compilation.error("HG106",
                          spelled.place_at(blank + 1),
                          "'" + std::string{path} + "' belongs to the happn surface and cannot be mapped",
                          "choose another first level");
    }
    auto pattern = compile_pattern(spelled, path, blank + 1, AddressKind::http, compilation);
    if (!pattern) return std::nullopt;
    source.path = *std::move(pattern);
    return source;
}

}  // namespace mappings
