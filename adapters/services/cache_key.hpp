// What makes two requests the same for the cache: all that is sent, for whom, and all of the target that
// decides what becomes of an answer. Pure.
#pragma once

#include <string>
#include <vector>

#include "gateway/http_target.hpp"
#include "gateway/message.hpp"
#include "gateway/principal.hpp"

namespace services {

/// A hash, since what it is made of holds credentials. `headers`: of every attempt.
std::string cache_key(const gateway::HttpTarget& rule,
                      const std::string& url,
                      const std::vector<gateway::NameValue>& headers,
                      const gateway::Principal& principal);

/// `Vary: *` (RFC 9110 section 12.5.5) says that the same request may get another answer. Any other `Vary`
/// names headers, and those are in the key.
bool varies_by_more_than_the_request(std::string_view vary);

}  // namespace services
