// `Authorization: Bearer <token>` (RFC 6750 section 2.1), compared in a time that does not depend on where it
// differs.
#pragma once

#include <string_view>

#include "gateway/principal.hpp"

namespace admin {

bool bearer_accepted(std::string_view authorization, const gateway::Secret& token);

}  // namespace admin
