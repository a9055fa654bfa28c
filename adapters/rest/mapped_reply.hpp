// What a mapped route's response is in HTTP: body and content type, problems for errors (RFC 9457). Pure.
#pragma once

#include "adapters/rest/http_message.hpp"
#include "gateway/response.hpp"

namespace rest {

/// A JSON string is sent bare as text/plain unless the mapping sets a Content-Type. An error without a body
/// of its own becomes application/problem+json.
HttpReply mapped_reply(gateway::Response response);

}  // namespace rest
