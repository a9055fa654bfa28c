// A message as the spool keeps it: what a source adds beyond address and payload, as JSON text. Credentials
// are not among it (DESIGN, "Delivery": they never enter the spool). Pure.
#pragma once

#include <string>
#include <string_view>

#include "gateway/error.hpp"
#include "gateway/message.hpp"

namespace gateway::spool {

/// Action, properties, origin, encoding and content type: {"mqtt":{"qos":1},"origin":"4be1;2"}.
std::string describe(const Message& message);

/// Puts into `message` what describe() has said. Errors: Errc::bad_request - it is no such text.
Result<void> restore(Message& message, std::string_view description);

}  // namespace gateway::spool
