// Dead letters as operators read them: JSON. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/spool/records.hpp"

namespace gateway::spool {

/// `{"letters":[{id,route,stage,cause,attempts,at,arrived,principal,from:{connection,address},size}],
/// "total":3,"next":"..."}`: without payloads. `total`: dead letters in the spool. `next`: where the page
/// after this one begins; absent if this is the last.
std::string page_text(const std::vector<DeadLetter>& letters, std::size_t total, bool has_more);

/// One of them with `from.meta`, `payload`, `encoding` (text or base64) and `truncated`. No credential is in
/// it: none is in the spool, and sessions of a mesh are left out.
std::string letter_text(const DeadLetter& letter);

/// What `next` says.
std::optional<Grave> parse_grave(std::string_view text);

}  // namespace gateway::spool
