// Payloads as happn stores them. happn keeps objects; anything else travels as {"value": x}, bytes as
// {"value": "<base64>", "encoding": "base64", "content_type": ...}. `_meta` beside them is not payload.
#pragma once

#include <string>
#include <string_view>

#include "gateway/message.hpp"

namespace happn {

/// What a set carries as `data`, as JSON text. A payload that has not been decoded (raw) is sent as JSON
/// where it is, else as text where it is UTF-8, else as bytes.
std::string wrapped(const gateway::Payload& payload);

/// The payload behind one item: `data` of a publication, an answer or an element of a list. `data` must be
/// valid JSON.
gateway::Payload unwrapped(std::string_view data);

}  // namespace happn
