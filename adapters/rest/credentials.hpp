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

/// nullopt: the request carries no token, or several in its query. A cookie counts only where `cookies`
/// allows it and the request is proved to be of the gateway's own origin: browsers give it to any page's
/// requests.
std::optional<gateway::Secret> find_token(const HttpRequest& request,
                                          const std::vector<gateway::NameValue>& query,
                                          const gateway::RestSettings& settings,
                                          Cookies cookies);

/// For whom has the request been made? A browser says so by `Sec-Fetch-Site` (Fetch Metadata), `Origin`
/// (RFC 6454 section 7) or, where it sends neither, `Referer`. To a name in the clear it sends the first
/// nowhere but on this machine, and a page may hide itself in the last: a GET may then say nothing.
enum class Page {
    own,     // a page of the gateway's own origin, or the user at the address bar
    other,   // a page of another origin
    untold,  // the request does not say: a page that hides itself, the address bar, or a program
};
Page page_of(const HttpRequest& request);

/// It says nothing of its page, and is a browser's: no browser leaves out both of what it is known by here,
/// `User-Agent: Mozilla/...` and `Accept-Language`, and no page can make it do so.
bool hides_its_page(const HttpRequest& request);

/// Headers that carry credentials: they reach no route, log or capture.
bool is_credential_header(std::string_view name);

/// Removes `happn_token`.
void drop_token(std::vector<gateway::NameValue>& query);

}  // namespace rest
