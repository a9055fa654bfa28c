#include "adapters/rest/call_body.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <nlohmann/json.hpp>

#include "adapters/rest/body_coding.hpp"
#include "adapters/rest/content_type.hpp"
#include "adapters/rest/credentials.hpp"
#include "adapters/rest/envelope.hpp"
#include "adapters/rest/http_status.hpp"
#include "adapters/rest/request_fields.hpp"
#include "gateway/arguments.hpp"
#include "gateway/expression/encodings.hpp"
#include "gateway/javascript.hpp"
#include "gateway/json.hpp"

namespace rest {
namespace {

using gateway::NameValue;
namespace json = gateway::json;

constexpr std::string_view no_parameters = "{}";
constexpr std::string_view null_literal = "null";
constexpr std::string_view unparsable = "Failure parsing request body";

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

/// JavaScript makes a text of a list by commas between.
std::optional<std::string> encoded_parameters(const std::vector<NameValue>& query) {
    std::optional<std::string> text;
    for (const auto& [name, value] : query) {
        if (name == "encoded_parameters") text = text ? *text + ',' + value : value;
    }
    return text && text->empty() ? std::nullopt : text;
}

/// Happner decodes them once more than the query they are in.
std::optional<CallBody> read_encoded_parameters(const Dialect& dialect,
                                                const std::string& encoded,
                                                HttpReply& refusal) {
    const auto refuse = [&](std::string_view why) {
        refusal = failure(dialect, dialect.unreadable, unparsable, why);
        return std::nullopt;
    };
    auto text = gateway::percent_decoded(encoded);
    if (!text || !json::valid_utf8(*text)) return refuse("URI malformed");
    if (!json::valid(*text)) return refuse("encoded_parameters is not valid JSON");
    if (!is_collection(*text)) return CallBody::borrowed(no_parameters);
    return CallBody::owned(*std::move(text));
}

std::optional<CallBody> read_query(const Dialect& dialect,
                                   const std::vector<NameValue>& query,
                                   HttpReply& refusal) {
    if (const auto encoded = encoded_parameters(query))
        return read_encoded_parameters(dialect, *encoded, refusal);
    return CallBody::of_texts(body_of_query(query));
}

std::string_view parameters_of(std::string_view body) {
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

bool is_credential(std::string_view name_literal) {
    const auto name = json::unquoted(name_literal);
    return name == token_name || name == "username" || name == "password";
}

/// `object`, member by member: a tree that keeps the order would be searched through for each of them.
std::string without_credentials(std::string_view object) {
    std::string rest = "{";
    rest.reserve(object.size());
    json::for_each_member(object, [&](std::string_view name, std::string_view value) {
        if (is_credential(name)) return;
        if (rest.size() > 1) rest += ',';
        rest.append(name).append(1, ':').append(value);
    });
    rest += '}';
    return rest;
}

/// What a method with `$restParams` is given for them.
std::string rest_parameters(const Dialect& dialect, std::string_view body) {
    const auto parameters = json::member(body, "parameters");
    if (!parameters || gateway::javascript::is_falsy(*parameters)) return std::string{no_parameters};
    if (gateway::is_object(*parameters)) return without_credentials(*parameters);
    return std::string{dialect.takes_any_rest_parameters ? *parameters : no_parameters};
}

std::string named(const Dialect& dialect, std::string_view parameters, std::string_view name) {
    const auto value = json::member(parameters, name);
    if (!value || (!dialect.keeps_falsy && gateway::javascript::is_falsy(*value))) return "null";
    return std::string{*value};
}

constexpr std::string_view field_prefix = "$req_";

HttpReply page(const Dialect& dialect, int status, std::string_view text) {
    if (dialect.has_error_pages) return html_error(status, text);
    HttpReply reply{status, html_type, gateway::Bytes::copy(text)};
    reply.headers.emplace_back("X-Content-Type-Options", "nosniff");
    return reply;
}

HttpReply not_json(const Dialect& dialect) {
    return page(dialect, 400, "SyntaxError: the request body is not valid JSON");
}

enum class Charset {
    utf8,
    other,    // that the mesh knows: JSON is UTF-8 here (RFC 8259 section 8.1)
    unknown,  // to the mesh too
};

/// The mesh finds a charset by its letters and digits alone.
Charset charset_of(std::string_view name) {
    if (name.empty()) return Charset::utf8;
    if (!name.starts_with("utf-")) return Charset::unknown;
    std::string plain;
    std::ranges::copy_if(name, std::back_inserter(plain), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    });
    if (plain == "utf8") return Charset::utf8;
    constexpr std::array<std::string_view, 5> others{"utf16", "utf16le", "utf16be", "utf7", "utf7imap"};
    return std::ranges::find(others, plain) == others.end() ? Charset::unknown : Charset::other;
}

std::string_view without_mark(std::string_view text) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    return text.starts_with(byte_order_mark) ? text.substr(byte_order_mark.size()) : text;
}

bool is_call(std::string_view text) {
    return json::valid(text) && is_collection(text);
}

std::optional<CallBody> read_encoded(const Dialect& dialect,
                                     std::size_t max_body,
                                     std::string_view body,
                                     std::string_view coding,
                                     HttpReply& refusal) {
    const auto decoded = decode_body(body, coding, max_body);
    if (const auto* text = std::get_if<std::string>(&decoded)) {
        const std::string_view plain = without_mark(*text);
        if (is_call(plain)) return CallBody::owned(std::string{plain});
        refusal = not_json(dialect);
        return std::nullopt;
    }
    switch (std::get<Undecoded>(decoded)) {
        case Undecoded::unknown:
            refusal = page(dialect, 415, "UnsupportedMediaTypeError: unsupported content encoding");
            break;
        case Undecoded::broken:
            refusal = page(dialect, 400, "Error: the request body is not what its Content-Encoding says");
            break;
        case Undecoded::too_large:
            refusal = page(dialect, 413, "PayloadTooLargeError: request entity too large");
            break;
    }
    return std::nullopt;
}

}  // namespace

std::optional<CallBody> read_call_body(const Dialect& dialect,
                                       std::size_t max_body,
                                       const HttpRequest& request,
                                       const std::vector<NameValue>& query,
                                       HttpReply& refusal) {
    if (request.method == "GET") return read_query(dialect, query, refusal);
    const auto type = read_content_type(request.header("content-type"));
    if (request.body.empty() || !type || type->type != json_type) return CallBody::borrowed(no_parameters);
    if (const Charset charset = charset_of(type->charset); charset != Charset::utf8) {
        refusal = charset == Charset::other
                      ? not_json(dialect)
                      : page(dialect, 415, "UnsupportedMediaTypeError: unsupported charset");
        return std::nullopt;
    }
    const std::string coding = lower_case(request.header("content-encoding"));
    if (!coding.empty() && coding != "identity")
        return read_encoded(dialect, max_body, request.body, coding, refusal);
    const std::string_view text = without_mark(request.body);
    if (is_call(text)) return CallBody::borrowed(text);
    refusal = not_json(dialect);
    return std::nullopt;
}

void CallArguments::set_session(std::string_view session) {
    if (session_at && !session.empty()) json.replace(*session_at, null_literal.size(), session);
    session_at.reset();
}

CallArguments call_arguments(const Dialect& dialect,
                             std::string_view body,
                             const std::vector<std::string>& names,
                             const HttpRequest& request) {
    if (dialect.knows_positions && gateway::is_array(body)) return {by_position(body, names), {}};
    const std::string_view parameters = parameters_of(body);
    if (dialect.knows_positions && gateway::is_array(parameters)) return {by_position(parameters, names), {}};
    CallArguments list;
    list.json.reserve(parameters.size() + 8);
    list.json += '[';
    for (const std::string& name : names) {
        if (name == "callback") continue;
        if (list.json.size() > 1) list.json += ',';
        if (name == "$restParams") {
            list.json += rest_parameters(dialect, body);
        } else if (name == "$userSession") {
            list.session_at = list.json.size();
            list.json += null_literal;
        } else if (dialect.knows_request_fields && name.starts_with(field_prefix)) {
            list.json += request_field(std::string_view{name}.substr(field_prefix.size()), request, body);
        } else {
            list.json += named(dialect, parameters, name);
        }
    }
    list.json += ']';
    return list;
}

std::optional<std::string> text_parameter(std::string_view body, std::string_view name) {
    auto parameters = json::member(body, "parameters");
    const auto value = json::member(parameters && gateway::is_object(*parameters) ? *parameters : body, name);
    return value ? json::unquoted(*value) : std::nullopt;
}

}  // namespace rest
