#include "adapters/rest/openapi/mapped_answers.hpp"

#include <algorithm>
#include <string>

#include "adapters/rest/http_message.hpp"
#include "adapters/rest/http_status.hpp"
#include "adapters/rest/openapi/responses.hpp"
#include "adapters/rest/openapi/shared_parts.hpp"
#include "gateway/documents/route_facts.hpp"
#include "gateway/response.hpp"

namespace rest::openapi {
namespace {

namespace documents = gateway::documents;
using gateway::Errc;
using gateway::ErrorRule;
using gateway::HttpSource;
using gateway::Route;

constexpr std::string_view not_found = "NotFound";

const HttpSource& source_of(const Route& route) {
    return std::get<HttpSource>(route.source);
}

bool without_body(int status) {
    return status == 204 || status == 304;
}

// --- success -------------------------------------------------------------------------------------

/// The Content-Type that the route's own headers give, where it is the same for every message.
std::string own_type(const std::vector<std::pair<std::string, gateway::Template>>& headers) {
    for (const auto& [name, text] : headers) {
        if (!equal_ignoring_case(name, "content-type")) continue;
        const auto value = text.constant() ? text.evaluate({}) : gateway::Value{};
        return value.has_value() && !value->absent() ? value->to_text() : "*/*";
    }
    return {};
}

/// A string is sent bare (docs/mapping.md, `body`).
std::string type_of(const Json& schema) {
    return std::string{schema.value("type", "") == "string" ? text_type : json_type};
}

std::string reply_type(const Route& route, const Json& schema) {
    const auto* target = documents::answering_target(route);
    const auto* mqtt = target == nullptr ? nullptr : std::get_if<gateway::MqttTarget>(&target->rule);
    const bool as_it_is = !route.respond || !route.respond->body;
    if (as_it_is && mqtt != nullptr && mqtt->reply && mqtt->reply->decode == gateway::Decode::bytes)
        return "application/octet-stream";
    return type_of(schema);
}

bool is_stream(const Route& route) {
    return std::ranges::any_of(route.targets, [](const gateway::Target& target) {
        return std::holds_alternative<gateway::StreamTarget>(target.rule);
    });
}

/// OpenAPI 3.1 has no words for sequences: the schema is that of each item.
void add_stream(Responses& responses, const Route& route, const View& view) {
    const Json item = documents::answer_schema(view.table, route);
    for (const char* type : {"text/event-stream", "application/x-ndjson"})
        responses.add(200,
                      "A stream, whose items the schema describes. A websocket gets them as its messages.",
                      type,
                      item);
    responses.share("406", "NotAcceptable");
}

void add_success(Responses& responses, const Route& route, const View& view) {
    if (is_stream(route)) return add_stream(responses, route, view);
    const int status = route.respond && route.respond->status ? *route.respond->status : 200;
    const bool has_answer =
        documents::answering_target(route) != nullptr || (route.respond && route.respond->body);
    if (!has_answer || without_body(status)) {
        responses.add(status, reason_phrase(status));
    } else {
        const Json schema = documents::answer_schema(view.table, route);
        const std::string type = route.respond ? own_type(route.respond->headers) : std::string{};
        responses.add(status, reason_phrase(status), type.empty() ? reply_type(route, schema) : type, schema);
    }
    if (!route.respond) return;
    for (const auto& [name, text] : route.respond->headers) {
        if (!equal_ignoring_case(name, "content-type")) responses.add_header(status, name);
    }
}

// --- errors --------------------------------------------------------------------------------------

void add_error_body(Responses& responses, int status, std::string_view when, const ErrorRule* rule) {
    if (without_body(status)) return responses.add(status, when);
    if (rule == nullptr || !rule->body)
        return responses.add(status, when, problem_type, shared_schema(problem_schema));
    const Json schema = documents::schema_of(*rule->body);
    const std::string type = own_type(rule->headers);
    responses.add(status, when, type.empty() ? type_of(schema) : type, schema);
}

std::string when_text(const ErrorRule& rule) {
    std::string text;
    if (rule.name) text = *rule.name;
    if (rule.code) text += (text.empty() ? "code " : ", code ") + std::to_string(*rule.code);
    return text.empty() ? "Any other error." : "The error " + text + '.';
}

/// The status that the error has by itself; nullopt of names that are not the gateway's own.
std::optional<int> status_of(std::string_view name) {
    for (int i = 0; i <= static_cast<int>(Errc::cancelled); ++i) {
        const auto errc = static_cast<Errc>(i);
        if (gateway::error_name(errc) == name) return gateway::default_status(errc);
    }
    return std::nullopt;
}

void add_errors(Responses& responses, const Route& route) {
    for (const ErrorRule& rule : route.errors) {
        const auto status = rule.status ? rule.status : status_of(rule.name.value_or(std::string{}));
        if (!status) continue;
        add_error_body(responses, *status, when_text(rule), &rule);
        for (const auto& [name, text] : rule.headers) {
            if (!equal_ignoring_case(name, "content-type")) responses.add_header(*status, name);
        }
    }
}

/// An answer that is null counts as NotFound, with a status of its own.
void add_missing(Responses& responses, const Route& route) {
    if (!route.respond || !route.respond->missing) return;
    const auto fits = [](const ErrorRule& rule) {
        return (!rule.name || *rule.name == not_found) && !rule.code;
    };
    const auto rule = std::ranges::find_if(route.errors, fits);
    add_error_body(responses,
                   *route.respond->missing,
                   "There is nothing here.",
                   rule == route.errors.end() ? nullptr : &*rule);
}

void share_defaults(Responses& responses, const Route& route, const View& view) {
    const HttpSource& source = source_of(route);
    const bool asks = view.caller != Caller::anybody && source.auth != HttpSource::Auth::none;
    const bool works = std::ranges::any_of(route.targets, [](const gateway::Target& target) {
        return !std::holds_alternative<gateway::AnswerTarget>(target.rule);
    });
    responses.share("400", "BadRequest");
    if (asks) responses.share("401", "Unauthorized");
    if (asks && works) responses.share("403", "Forbidden");
    if (source.idempotency != HttpSource::Idempotency::none) {
        responses.share("409", "KeyInUse");
        responses.share("422", "KeyReused");
    }
    if (source.method != "GET" && source.method != "DELETE") {
        responses.share("413", "TooLarge");
        responses.share("415", "UnsupportedType");
    }
    if (asks) responses.share("429", "TooManyTokens");
    if (works) {
        responses.share("502", "TargetFailed");
        responses.share("503", "Unavailable");
        responses.share("504", "Timeout");
    }
    responses.share("default", "Problem");
}

void add_examples(Responses& responses, const Route& route) {
    for (const gateway::RouteExample& example : route.examples) {
        if (example.status && !example.answer.empty())
            responses.add_example(*example.status, example.name, documents::value_of(example.answer));
    }
}

}  // namespace

Json answers_of(const std::vector<const Route*>& routes, const View& view) {
    Responses responses;
    for (const Route* route : routes) {
        add_success(responses, *route, view);
        add_missing(responses, *route);
        add_errors(responses, *route);
        add_examples(responses, *route);
    }
    for (const Route* route : routes)
        share_defaults(responses, *route, view);
    return std::move(responses).json();
}

}  // namespace rest::openapi
