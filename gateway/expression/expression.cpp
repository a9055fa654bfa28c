#include "gateway/expression/expression.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

#include "gateway/json.hpp"

namespace gateway {
namespace {

Operand text_or_absent(std::string_view text) {
    return text.empty() ? Operand{} : Operand::text(std::string{text});
}

/// Follows `path` through valid JSON; what it finds is a slice.
Operand follow(const Bytes& json, const std::vector<PathStep>& path) {
    std::optional<std::string_view> at = json::trimmed(json.view());
    for (const auto& step : path) {
        const auto* name = std::get_if<std::string>(&step);
        at = name != nullptr ? json::member(*at, *name) : json::element(*at, std::get<std::size_t>(step));
        if (!at) return {};
    }
    return at->empty() ? Operand{} : Operand::json(json.slice(*at));
}

Operand from_payload(const Payload* payload, const std::vector<PathStep>& path) {
    if (payload == nullptr) return {};
    if (payload->encoding == Encoding::json) return follow(payload->bytes, path);
    if (!path.empty()) return {};
    const bool text = payload->encoding != Encoding::bytes && json::valid_utf8(payload->bytes.view());
    return text ? Operand::text(payload->bytes.str()) : Operand::bytes(payload->bytes);
}

Operand from_answers(const std::vector<Bytes>* answers, const std::vector<PathStep>& path) {
    if (answers == nullptr) return {};
    std::string list = "[";
    for (const auto& answer : *answers) {
        if (list.size() > 1) list += ',';
        list += answer.view();
    }
    return follow(Bytes{list + ']'}, path);
}

Operand from_capture(const Expression& expression, const Captures* captures) {
    if (captures == nullptr || expression.capture >= captures->size()) return {};
    const auto& text = (*captures)[expression.capture];
    const bool number = expression.type == CaptureType::integer || expression.type == CaptureType::number;
    return number ? Operand::json(Bytes::copy(text)) : Operand::text(text);
}

/// "2026-03-01T12:00:00.250Z"
std::string iso_time(WallTime time) {
    constexpr WallTime second = 1000;
    const auto part = ((time % second) + second) % second;
    const auto seconds = static_cast<std::time_t>((time - part) / second);
    std::tm utc{};
    if (gmtime_r(&seconds, &utc) == nullptr) return {};
    std::array<char, 64> text{};
    const auto length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &utc);
    std::array<char, 8> fraction{};
    std::snprintf(fraction.data(), fraction.size(), ".%03dZ", static_cast<int>(part));
    return std::string{text.data(), length} + fraction.data();
}

Operand error_object(const Error& error) {
    std::string object = R"({"name":)";
    json::append_quoted(object, error.name);
    object += R"(,"code":)" + std::to_string(error.code) + R"(,"message":)";
    json::append_quoted(object, error.message);
    return Operand::json(Bytes{object + '}'});
}

Operand from_error(const Expression& expression, const Error* error) {
    if (error == nullptr) return {};
    switch (expression.root) {
        case Root::error_name:
            return Operand::text(error->name);
        case Root::error_code:
            return Operand::integer(error->code);
        case Root::error_message:
            return Operand::text(error->message);
        default:
            return error_object(*error);
    }
}

/// Of repeated names the first.
Operand named(const std::vector<NameValue>& list, const Expression& expression) {
    const auto found = std::ranges::find(list, expression.name, &NameValue::first);
    if (found == list.end()) return {};
    if (expression.typed && json::valid(found->second)) return Operand::json(Bytes::copy(found->second));
    return Operand::text(found->second);
}

Operand from_mqtt(const Expression& expression, const MqttProperties& mqtt) {
    switch (expression.root) {
        case Root::in_qos:
            return Operand::integer(mqtt.qos);
        case Root::in_retain:
            return Operand::boolean(mqtt.retain);
        case Root::in_expiry:
            return mqtt.expiry ? Operand::integer(*mqtt.expiry) : Operand{};
        case Root::in_content_type:
            return text_or_absent(mqtt.content_type);
        case Root::in_user:
            return named(mqtt.user, expression);
        default:
            return {};
    }
}

Operand from_happn(const Expression& expression, const HappnProperties& happn) {
    if (expression.root != Root::in_meta || happn.meta.empty()) return {};
    return follow(Bytes::copy(happn.meta), expression.path);
}

Operand from_http(const Expression& expression, const HttpProperties& http) {
    switch (expression.root) {
        case Root::in_method:
            return text_or_absent(http.method);
        case Root::in_query:
            return named(http.query, expression);
        case Root::in_header:
            return named(http.headers, expression);
        case Root::in_ip:
            return text_or_absent(http.ip);
        default:
            return {};
    }
}

Operand from_message(const Expression& expression, const Message* message) {
    if (message == nullptr) return {};
    if (expression.root == Root::in_address) return Operand::text(message->address);
    if (expression.root == Root::in_action)
        return Operand::text(message->action == Action::set ? "set" : "remove");
    if (expression.root == Root::principal_username) return text_or_absent(message->principal.username);
    if (expression.root == Root::principal_kind) {
        return Operand::text(std::string{principal_kind_name(message->principal.kind)});
    }
    const auto& properties = message->properties;
    if (const auto* mqtt = std::get_if<MqttProperties>(&properties)) return from_mqtt(expression, *mqtt);
    if (const auto* happn = std::get_if<HappnProperties>(&properties)) return from_happn(expression, *happn);
    if (const auto* http = std::get_if<HttpProperties>(&properties)) return from_http(expression, *http);
    return {};
}

/// The step of a path that leads nowhere since there are no members, or elements, to look among.
std::string missing_structure(const Bytes& json, const std::vector<PathStep>& path) {
    std::string walked;
    std::optional<std::string_view> at = json::trimmed(json.view());
    for (const auto& step : path) {
        const auto* name = std::get_if<std::string>(&step);
        if (!at->starts_with(name != nullptr ? '{' : '[')) {
            const Operand found = Operand::json(json.slice(*at));
            return (walked.empty() ? "the payload" : "payload" + walked) + " is " +
                   std::string{found.kind_name()} + ", not " + (name != nullptr ? "an object" : "a list");
        }
        at = name != nullptr ? json::member(*at, *name) : json::element(*at, std::get<std::size_t>(step));
        if (!at) break;
        walked += name != nullptr ? "." + *name : "[" + std::to_string(std::get<std::size_t>(step)) + "]";
    }
    return {};
}

}  // namespace

Operand resolve(const Expression& expression, const Evaluation& evaluation) {
    switch (expression.root) {
        case Root::constant:
            return Operand::of(expression.constant);
        case Root::capture:
            return from_capture(expression, evaluation.captures);
        case Root::wildcard:
            return Operand::text("*");
        case Root::parameter:
        case Root::payload:
            return from_payload(evaluation.payload, expression.path);
        case Root::out:
            return from_payload(evaluation.out, expression.path);
        case Root::answer:
            return from_payload(evaluation.answer, expression.path);
        case Root::answers:
            return from_answers(evaluation.answers, expression.path);
        case Root::message_id:
            return text_or_absent(evaluation.message_id);
        case Root::message_time:
            return text_or_absent(iso_time(evaluation.time));
        case Root::message_time_ms:
        case Root::now:
            return Operand::integer(evaluation.time);
        case Root::call_id:
            return text_or_absent(evaluation.call_id);
        case Root::route_name:
            return text_or_absent(evaluation.route_name);
        case Root::gateway_name:
            return text_or_absent(evaluation.gateway_name);
        case Root::error:
        case Root::error_name:
        case Root::error_code:
        case Root::error_message:
            return from_error(expression, evaluation.error);
        default:
            return from_message(expression, evaluation.message);
    }
}

Expanded<Operand> Expression::evaluate(const Evaluation& evaluation) const {
    auto operand = resolve(*this, evaluation);
    for (const auto& pipe : pipes) {
        auto next = apply(pipe, std::move(operand));
        if (!next) return Refused{next.error().reason, "{" + text + "}: " + next.error().detail};
        operand = *std::move(next);
    }
    return operand;
}

std::string Expression::why_absent(const Evaluation& evaluation) const {
    if (root != Root::payload || evaluation.payload == nullptr) return {};
    const Payload& payload = *evaluation.payload;
    if (payload.bytes.empty()) return "the payload is empty";
    if (payload.encoding == Encoding::json) return missing_structure(payload.bytes, path);
    return path.empty() ? std::string{} : "the payload is not JSON";
}

bool Expression::reads_payload() const {
    switch (root) {
        case Root::parameter:
        case Root::payload:
        case Root::out:
        case Root::answer:
        case Root::answers:
            return true;
        default:
            return false;
    }
}

bool Expression::needs_payload() const {
    return reads_payload() &&
           std::ranges::none_of(pipes, [](const Pipe& pipe) { return pipe.kind == Pipe::Kind::fallback; });
}

}  // namespace gateway
