// What a mapped route's response is in HTTP: body and content type, problems for errors (RFC 9457). Pure.
#pragma once

#include "adapters/rest/http_message.hpp"
#include "adapters/rest/streams/stream_format.hpp"
#include "gateway/response.hpp"

namespace rest {

/// How an answer that is one text is sent, unless the mapping gives it a Content-Type.
enum class TextForm {
    plain,  // bare, as text/plain
    json,   // as a JSON string
};

/// json: for a client that takes JSON and no plain text, as programs say it that read every answer as JSON.
TextForm text_form(const HttpRequest& request);

/// An error without a body of its own becomes application/problem+json.
HttpReply mapped_reply(gateway::Response response, TextForm texts);

/// The same of a route that is answered with a stream, unless it has failed to open.
HttpReply stream_reply(gateway::Response response, StreamFormat format);

}  // namespace rest
