// Wall time for people and for other programs. Pure.
#pragma once

#include <string>

#include "gateway/clock.hpp"

namespace gateway {

/// "2024-05-01T12:00:00.123Z" (RFC 3339)
std::string utc_text(WallTime when);

}  // namespace gateway
