// Between the bytes a transport delivers and the value a route works on: `decode` on the way in, `encode` on
// the way out (mapping language, "Payloads").
#pragma once

#include <optional>
#include <string>

#include "gateway/error.hpp"
#include "gateway/message.hpp"
#include "gateway/route.hpp"

namespace gateway {

/// What `decode` makes of a payload. Json: text checked to be one JSON value. Text: checked UTF-8. Number and
/// boolean: JSON from plain text. Form: application/x-www-form-urlencoded as a JSON object of strings, no
/// name twice. A payload that arrived decoded (from happn or HTTP) is only re-read where the route asks for
/// another kind. Fails with Errc::bad_request.
Result<Payload> decode(Payload payload, Decode how);

/// What `encode` sends. Json: text becomes a JSON string, bytes a base64 string. Text: a JSON string loses
/// its quotes, bytes must be UTF-8. A request that brought no payload stays without one. Fails with
/// Errc::bad_request.
Result<Payload> encode(Payload payload, Encode how);

std::string base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);

/// application/x-www-form-urlencoded (WHATWG URL, section 5.1) to names and values, decoded.
std::optional<std::vector<NameValue>> parse_form(std::string_view text);

}  // namespace gateway
