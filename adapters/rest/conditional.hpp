// Conditional requests (RFC 9110 section 13): who has what the answer would be gets 304 instead. Pure.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/rest/http_message.hpp"

namespace rest {

/// `If-None-Match` against an entity tag's text; weak comparison (sections 8.8.3.2 and 13.1.2).
bool has_already(std::string_view if_none_match, std::string_view etag);

/// Of a request that changes something, on a condition: it must not be carried out if that does not hold
/// (sections 13.1.1 and 13.1.2), and a mesh cannot compare and set in one step.
std::optional<HttpReply> refusal_of_condition(const HttpRequest& head);

/// What tells one body from another: the text of an entity tag (section 8.8.3). The parts are digested one
/// after the other.
std::string entity_tag(std::initializer_list<std::string_view> parts);

std::string strong_etag(std::string_view etag);
/// W/"...": of a body that may be compressed on its way.
std::string weak_etag(std::string_view etag);

/// The reply to a safe request, or 304 with what a cache may learn from it, if its ETag is one of those that
/// the client has. The body stays with the reply and is not sent: what is said of the one is said of the
/// other, `Vary` for instance (section 15.4.5).
HttpReply unless_known(std::string_view if_none_match, HttpReply reply);

}  // namespace rest
