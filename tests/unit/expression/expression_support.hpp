// Shorthand for the tests of patterns and templates.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/expression/address_pattern.hpp"
#include "gateway/expression/object_map.hpp"
#include "gateway/expression/template.hpp"

namespace gateway::testing {

inline AddressPattern pattern(std::string_view text, AddressKind kind) {
    auto parsed = AddressPattern::parse(text, kind);
    if (!parsed) ADD_FAILURE() << text << ": " << parsed.error().message;
    return parsed ? *std::move(parsed) : AddressPattern{};
}

/// A message with everything a template can read. Members may be changed before evaluation() is asked for.
struct Execution {
    Message message;
    Captures captures;
    Payload payload{Bytes::literal("{}"), Encoding::json, {}};
    Payload out{Bytes::literal("{}"), Encoding::json, {}};
    Payload answer{Bytes::literal("{}"), Encoding::json, {}};
    std::vector<Bytes> answers;
    Error error{Errc::timeout, "no answer in time"};

    Execution& with_payload(std::string json) {
        payload.bytes = Bytes{std::move(json)};
        return *this;
    }

    Evaluation evaluation() const {
        Evaluation evaluation;
        evaluation.message = &message;
        evaluation.captures = &captures;
        evaluation.payload = &payload;
        evaluation.out = &out;
        evaluation.answer = &answer;
        evaluation.answers = &answers;
        evaluation.error = &error;
        evaluation.message_id = "m1";
        evaluation.call_id = "c-17";
        evaluation.route_name = "telemetry";
        evaluation.gateway_name = "edge";
        evaluation.time = 1772366400250;  // 2026-03-01T12:00:00.250Z
        return evaluation;
    }
};

/// A scope in which every root is known.
inline Scope open_scope(Scope::Source source = Scope::Source::mqtt) {
    Scope scope;
    scope.source = source;
    scope.out = scope.answer = scope.error = scope.call_id = true;
    return scope;
}

/// The JSON that a template gives; "absent" or "refused: ..." else.
inline std::string evaluated(std::string_view text, const Scope& scope, const Execution& execution) {
    const auto parsed = Template::parse(text, scope);
    if (!parsed) return "problem: " + parsed.error().message;
    const auto value = parsed->evaluate(execution.evaluation());
    if (!value) return "refused: " + value.error().detail;
    return value->absent() ? "absent" : value->json().str();
}

}  // namespace gateway::testing
