// The message that a request to a mapped route is. Pure.
#pragma once

#include <optional>
#include <variant>

#include "adapters/rest/http_message.hpp"
#include "gateway/message.hpp"
#include "gateway/route.hpp"

namespace rest {

/// Why no body of the type that the head announces is taken; nullopt: it is.
std::optional<HttpReply> refusal_of_type(const HttpRequest& head, const gateway::HttpSource& source);

/// Checks the query, the body's size and type, and that the body is what the source says; or why there is no
/// message. `query`: decoded, with the token if it holds one.
std::variant<gateway::Message, HttpReply> message_of(const HttpRequest& request,
                                                     Query query,
                                                     const gateway::HttpSource& source);

}  // namespace rest
