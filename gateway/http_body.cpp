#include "gateway/http_body.hpp"

#include <algorithm>
#include <utility>

namespace gateway {
namespace {

bool has_a_body(const HttpSource& source) {
    return source.method == "POST" || source.method == "PUT" || source.method == "PATCH";
}

/// An empty text is a text, and no bytes are bytes.
bool is_never_empty(HttpSource::Body kind) {
    return kind == HttpSource::Body::json || kind == HttpSource::Body::form;
}

bool needs_payload(const Target& target) {
    if (target.body) return target.body->needs_payload();
    if (const auto* call = std::get_if<CallTarget>(&target.rule))
        return call->args && call->args->needs_payload();
    if (const auto* answer = std::get_if<AnswerTarget>(&target.rule)) return answer->value.needs_payload();
    if (const auto* happn = std::get_if<HappnTarget>(&target.rule))
        return happn->verb == HappnTarget::Verb::set;
    return std::holds_alternative<MqttTarget>(target.rule);
}

Error no_body(HttpSource::Body kind) {
    return Error{Errc::bad_request,
                 kind == HttpSource::Body::form ? "this request needs a form as its body"
                                                : "this request needs a body of JSON"};
}

}  // namespace

bool needs_body(const Route& route) {
    const auto* source = std::get_if<HttpSource>(&route.source);
    if (source == nullptr || !has_a_body(*source) || !is_never_empty(source->body)) return false;
    return route.map ? route.map->needs_payload() : std::ranges::any_of(route.targets, needs_payload);
}

Result<Payload> decode_body(Payload raw, const HttpSource& source) {
    if (raw.bytes.empty()) return source.needs_body ? Result<Payload>{no_body(source.body)} : raw;
    switch (source.body) {
        case HttpSource::Body::json:
            return raw;
        case HttpSource::Body::form:
            return decode(std::move(raw), Decode::form);
        case HttpSource::Body::text:
            return decode(std::move(raw), Decode::text);
        case HttpSource::Body::bytes:
            return decode(std::move(raw), Decode::bytes);
    }
    return raw;
}

}  // namespace gateway
