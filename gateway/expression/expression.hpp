// One `{...}` of a template, compiled: where its value comes from, the path into it, the pipes behind it.
// Immutable; used by Template and AddressTemplate alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/expression/operand.hpp"
#include "gateway/expression/pipes.hpp"
#include "gateway/expression/problem.hpp"
#include "gateway/expression/scope.hpp"
#include "gateway/expression/template.hpp"

namespace gateway {

enum class Root : std::uint8_t {
    constant,  // {vars.x}: known when it was compiled
    capture,
    parameter,  // of a method: a member of the payload
    wildcard,   // {*leaf} in the address of a get or stream
    payload,
    out,
    answer,
    answers,
    message_id,
    message_time,  // ISO 8601, UTC
    message_time_ms,
    call_id,
    route_name,
    gateway_name,
    principal_username,
    principal_kind,
    error,  // an object of name, code and message
    error_name,
    error_code,
    error_message,
    now,
    in_address,  // in.topic, in.path
    in_qos,
    in_retain,
    in_expiry,
    in_content_type,
    in_user,  // with a name
    in_action,
    in_meta,  // with a path
    in_method,
    in_query,   // with a name
    in_header,  // with a name, in lower case
    in_ip,
};

using PathStep = std::variant<std::string, std::size_t>;  // `.name`, `[0]`

struct Expression {
    std::string text;        // as written, without braces: for messages
    std::size_t offset = 0;  // of the expression in the whole string
    Root root = Root::constant;
    std::size_t capture = 0;               // index, of a capture
    CaptureType type = CaptureType::text;  // of a capture
    std::string name;          // of a user property, query parameter, header, method parameter or wildcard
    bool typed = false;        // of a query parameter: its text is its JSON
    bool spread_rest = false;  // `{name...}`
    Value constant;
    std::vector<PathStep> path;
    std::vector<Pipe> pipes;

    /// `expression` points into the whole string, `offset` says where.
    static Parsed<Expression> parse(std::string_view expression,
                                    std::size_t offset,
                                    const Scope& scope,
                                    bool wildcards);

    Expanded<Operand> evaluate(const Evaluation& evaluation) const;
    /// See Template::why_absent(). Where there is a value: empty, too.
    std::string why_absent(const Evaluation& evaluation) const;
    bool reads_payload() const;
    /// The same, and there is no `default` to stand in for what is not there.
    bool needs_payload() const;
};

/// The value before the pipes.
Operand resolve(const Expression& expression, const Evaluation& evaluation);

}  // namespace gateway
