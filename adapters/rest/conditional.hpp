// Conditional requests (RFC 9110 section 13): who has what the answer would be gets 304 instead. Pure.
#pragma once

#include <string>
#include <string_view>

#include "adapters/rest/http_message.hpp"

namespace rest {

/// `If-None-Match` against an entity tag's text; weak comparison (sections 8.8.3.2 and 13.1.2).
bool has_already(std::string_view if_none_match, std::string_view etag);

std::string strong_etag(std::string_view etag);
/// W/"...": equal times do not promise equal bytes.
std::string weak_etag(std::string_view etag);

/// 304 with what a cache may learn from the reply.
HttpReply not_modified(HttpReply reply);

}  // namespace rest
