// Statuses in words, and the two shapes of an error: RFC 9457 problems for mapped routes, happner's envelope
// for its mirror (envelope.hpp). Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "adapters/rest/http_message.hpp"
#include "gateway/clock.hpp"
#include "gateway/error.hpp"

namespace rest {

/// "Not Found"; "Unknown" for a status without a phrase (RFC 9110 section 15).
std::string_view reason_phrase(int status);

/// application/problem+json. `name` and `code` are left out when empty and 0. 429 and 503 say when to come
/// again.
HttpReply problem(int status, std::string_view detail, std::string_view name = {}, int code = 0);
HttpReply problem(int status, const gateway::Error& error);

/// 429 problem that says when to come again.
HttpReply too_many(std::string_view what, gateway::Duration wait);

/// What happner's own HTTP server answers where no component is reached.
HttpReply text_reply(int status, std::string_view text);
HttpReply html_error(int status, std::string_view text);

/// "Retry-After: 1" where trying again makes sense.
void add_retry_after(HttpReply& reply);
/// Instead of that: in whole seconds, rounded up.
void set_retry_after(HttpReply& reply, gateway::Duration wait);

}  // namespace rest
