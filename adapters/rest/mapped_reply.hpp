// What a mapped route's response is in HTTP: body and content type, problems for errors (RFC 9457). Pure.
#pragma once

#include "adapters/rest/http_message.hpp"
#include "adapters/rest/streams/stream_format.hpp"
#include "gateway/response.hpp"

namespace rest {

/// A JSON string is sent bare as text/plain unless the mapping sets a Content-Type. An error without a body
/// of its own becomes application/problem+json.
HttpReply mapped_reply(gateway::Response response);

/// The same of a route that is answered with a stream, unless it has failed to open.
HttpReply stream_reply(gateway::Response response, StreamFormat format);

}  // namespace rest
