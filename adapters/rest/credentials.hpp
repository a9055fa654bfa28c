// Which token does a request carry? As happner looks for it: the `happn_token` cookie, the query,
// `Authorization: Bearer`, in this order and as far as the configuration allows each. Pure functions; nothing
// here is logged.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "adapters/rest/http_message.hpp"
#include "gateway/principal.hpp"
#include "gateway/settings.hpp"

namespace rest {

inline constexpr std::string_view token_name = "happn_token";

enum class Cookies { from_same_origin, never };

/// nullopt: the request carries no token. A cookie counts only where `cookies` and same_origin() allow it.
std::optional<gateway::Secret> find_token(const HttpRequest& request,
                                          const std::vector<gateway::NameValue>& query,
                                          const gateway::RestSettings& settings,
                                          Cookies cookies);

/// Could this request have been made by another site's page? A browser says so by `Sec-Fetch-Site` (Fetch
/// Metadata), `Origin` (RFC 6454 section 7) or, where it sends neither, `Referer`; whoever sends none of them
/// is taken for no browser acting for a stranger. (A page that hides its address and asks plain HTTP by GET
/// sends none of them either.)
/// Cookies and websockets, which browsers give to any page, depend on it.
bool same_origin(const HttpRequest& request);

/// Headers that carry credentials: they reach no route, log or capture.
bool is_credential_header(std::string_view name);

/// Removes `happn_token`.
void drop_token(std::vector<gateway::NameValue>& query);

}  // namespace rest
