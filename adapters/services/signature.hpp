// The signature of a webhook: HMAC-SHA256 (RFC 2104) over the body, or over "<seconds since 1970>.<body>" if
// the time is sent as well, so that who receives it can refuse what is old. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/clock.hpp"
#include "gateway/http_target.hpp"
#include "gateway/message.hpp"

namespace services {

/// In hexadecimal digits.
std::string hmac_sha256(std::string_view secret, std::string_view text);

/// The headers to send: the signature, "sha256=<digits>", and the time if the rule names a header for it.
std::vector<gateway::NameValue> signature_headers(const gateway::HttpSignature& rule,
                                                  std::string_view body,
                                                  gateway::WallTime now);

}  // namespace services
