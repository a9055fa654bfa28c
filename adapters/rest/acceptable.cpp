#include "adapters/rest/acceptable.hpp"

#include <algorithm>
#include <string>
#include <variant>

#include "adapters/rest/accept.hpp"
#include "adapters/rest/http_status.hpp"
#include "adapters/rest/streams/stream_format.hpp"

namespace rest {
namespace {

/// The Content-Type that a route gives its answers; nullptr: it gives none.
const gateway::Template* own_type(const gateway::Route& route) {
    if (!route.respond) return nullptr;
    const auto& headers = route.respond->headers;
    const auto found = std::ranges::find_if(
        headers, [](const auto& header) { return equal_ignoring_case(header.first, "content-type"); });
    return found == headers.end() ? nullptr : &found->second;
}

/// What a service answers, or a mesh keeps, may have a type of its own.
bool has_type_of_its_own(const gateway::Target& target) {
    return !std::holds_alternative<gateway::CallTarget>(target.rule) &&
           !std::holds_alternative<gateway::AnswerTarget>(target.rule);
}

bool accepts_any_answer(const gateway::Route& route, const Accept& accept) {
    if (const auto* type = own_type(route)) {
        if (!type->constant()) return true;  // only the answer will tell
        const auto text = type->evaluate({});
        return text.has_error() || accept.weight(media_type(text->to_text())) > 0;
    }
    return std::ranges::any_of(route.targets, has_type_of_its_own) || accept.weight(json_type) > 0 ||
           accept.weight(text_type) > 0;
}

}  // namespace

bool is_stream(const gateway::Route& route) {
    return std::ranges::any_of(route.targets, [](const gateway::Target& target) {
        return std::holds_alternative<gateway::StreamTarget>(target.rule);
    });
}

std::optional<HttpReply> not_acceptable(const gateway::Route& route, const HttpRequest& request) {
    if (is_stream(route)) {
        if (stream_format(request)) return std::nullopt;
        return problem(406, "this is a stream of text/event-stream, application/x-ndjson or a websocket");
    }
    if (request.wants_websocket)
        return problem(404, "there is no websocket at " + std::string{request.path()});
    const auto accepted = request.header("accept");
    const bool all = accepted.empty() || accepted == "*/*";
    if (all || accepts_any_answer(route, Accept{accepted})) return std::nullopt;
    return problem(406, "this route does not answer with " + std::string{request.header("accept")});
}

}  // namespace rest
