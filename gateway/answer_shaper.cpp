#include "gateway/answer_shaper.hpp"

#include <utility>

#include "gateway/json.hpp"

namespace gateway {
namespace {

void add_texts(std::vector<NameValue>& into,
               const std::vector<std::pair<std::string, Template>>& from,
               const Evaluation& evaluation) {
    for (const auto& [name, text] : from) {
        const auto value = text.evaluate(evaluation);
        if (value.has_value() && !value->absent()) into.emplace_back(name, value->to_text());
    }
}

std::optional<Payload> body_of(const std::optional<ObjectMap>& map, const Evaluation& evaluation) {
    if (!map) return std::nullopt;
    auto value = map->render(evaluation);
    if (value.has_error() || value->absent())
        return Payload{Bytes::literal("null"), Encoding::json, "application/json"};
    return Payload{value->json(), Encoding::json, "application/json"};
}

bool is_missing(const Payload& answer) {
    return answer.bytes.empty() ||
           (answer.encoding == Encoding::json && json::trimmed(answer.bytes.view()) == "null");
}

bool fits(const ErrorRule& rule, const Error& error) {
    return (!rule.name || *rule.name == error.name) && (!rule.code || *rule.code == error.code);
}

}  // namespace

Response shape_answer(const Route& route, const Evaluation& evaluation) {
    Response response;
    if (evaluation.answer != nullptr) response.body = *evaluation.answer;
    if (!route.respond) return response;
    const Respond& respond = *route.respond;
    if (respond.missing && is_missing(response.body)) {
        Response missing = shape_error(route, Error{Errc::not_found, "there is nothing here"}, evaluation);
        missing.status = *respond.missing;
        return missing;
    }
    if (respond.status) response.status = *respond.status;
    add_texts(response.headers, respond.headers, evaluation);
    add_texts(response.user, respond.user, evaluation);
    if (auto body = body_of(respond.body, evaluation)) response.body = *std::move(body);
    return response;
}

Response shape_error(const Route& route, Error error, const Evaluation& evaluation) {
    Response response;
    response.status = default_status(error.errc);
    Evaluation with_error = evaluation;
    with_error.error = &error;
    for (const ErrorRule& rule : route.errors) {
        if (!fits(rule, error)) continue;
        if (rule.status) response.status = *rule.status;
        add_texts(response.headers, rule.headers, with_error);
        add_texts(response.user, rule.user, with_error);
        if (auto body = body_of(rule.body, with_error)) response.body = *std::move(body);
        break;
    }
    response.error = std::move(error);
    return response;
}

}  // namespace gateway
