// What an expression may name (Scope, at compile time) and where the values are (Evaluation, when a message
// is there).
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/error.hpp"
#include "gateway/expression/address_pattern.hpp"
#include "gateway/expression/value.hpp"
#include "gateway/message.hpp"

namespace gateway {

/// Names bound by the source, and constants. `in.` members are checked against the source's kind.
struct Scope {
    enum class Source : std::uint8_t { none, mqtt, happn, http, call };
    Source source = Source::none;
    std::vector<CaptureName> captures;    // by index
    std::vector<std::string> parameters;  // of a method: single words that read the payload's member
    std::vector<std::string> query;       // HTTP: the declared query names (`in.query.NAME` is closed)
    std::vector<std::string>
        typed_query;  // those of `query` that are int, number or bool: their text is their JSON
    std::set<std::string>* read_query =
        nullptr;  // out: names of `query` that templates read; null: not noted
    const std::map<std::string, Value>* vars = nullptr;  // {vars.x}, folded at compile time
    bool out = false;                                    // {out.x}: there is a `map`
    bool answer = false;                                 // {answer.x}: in `respond`
    bool error = false;                                  // {error.x}: in `errors` and `on_error`
    bool call_id = false;                                // {call.id}: in `reply`
};

/// Borrowed views of one execution; lives on the stack of whoever evaluates.
struct Evaluation {
    const Message* message = nullptr;
    const Captures* captures = nullptr;
    const Payload* payload = nullptr;  // decoded; json: members can be read
    const Payload* out = nullptr;      // after `map`
    const Payload* answer = nullptr;
    const std::vector<Bytes>* answers = nullptr;
    const Error* error = nullptr;
    std::string_view message_id;
    std::string_view call_id;
    std::string_view route_name;
    std::string_view gateway_name;
    WallTime time = 0;  // {message.time_ms}, {now}
};

}  // namespace gateway
