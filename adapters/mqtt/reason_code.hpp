// The codes that brokers answer with, in the words of the specification. Pure.
#pragma once

#include <string>

#include "gateway/error.hpp"

namespace gateway::mqtt {

inline constexpr int first_refusal = 0x80;  // MQTT 5.0 section 2.4; in a SUBACK of 3.1.1, too (section 3.9.3)

inline constexpr int no_shared_subscriptions = 0x9e;

/// "Not authorized (0x87)"; of codes that the specification does not have, the number alone.
std::string reason_text(int code);

/// Of a publication that PUBACK or PUBREC refused with `code`, or that failed without one (0): only what may
/// pass is `unavailable` or `overloaded`.
Errc publication_failure(int code);

}  // namespace gateway::mqtt
