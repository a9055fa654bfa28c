// The headers of one attempt. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/http_target.hpp"
#include "gateway/ports.hpp"

namespace services {

/// What is the same for every attempt: the mapping's own headers, the credential, and the content type where
/// the mapping does not say it.
std::vector<gateway::NameValue> lasting_headers(const gateway::HttpTarget& rule,
                                                const gateway::Output& output);

/// POST and PATCH may do a thing twice when they are sent twice (RFC 9110 section 9.2.2).
bool is_idempotent(std::string_view method);

/// By which a service tells that it has seen a request before; empty: it needs none. `own`: of this delivery
/// alone.
std::string idempotency_key(const gateway::HttpTarget& rule,
                            const gateway::Output& output,
                            const std::string& own);

bool has_header(const std::vector<gateway::NameValue>& headers, std::string_view name);

/// As curl takes them. A name without a value is sent, too.
std::vector<std::string> as_lines(const std::vector<gateway::NameValue>& headers);

}  // namespace services
