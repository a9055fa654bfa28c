#include "adapters/rest/credentials.hpp"

#include <algorithm>

namespace rest {
namespace {

using gateway::NameValue;
using gateway::Secret;

constexpr std::size_t max_token_size = 16u * 1024;

std::optional<Secret> token_of(std::string_view text) {
    if (text.empty() || text.size() > max_token_size) return std::nullopt;
    return Secret{std::string{text}};
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

/// Cookie pairs are `name=value` between semicolons (RFC 6265 section 4.2.1).
std::optional<Secret> from_cookie(const HttpRequest& request) {
    for (const Header& header : request.headers) {
        if (!equal_ignoring_case(header.name, "cookie")) continue;
        std::string_view rest = header.value;
        while (!rest.empty()) {
            const auto end = rest.find(';');
            const std::string_view pair = trimmed(rest.substr(0, end));
            const auto equals = pair.find('=');
            if (equals != std::string_view::npos && pair.substr(0, equals) == token_name)
                return token_of(pair.substr(equals + 1));
            if (end == std::string_view::npos) break;
            rest.remove_prefix(end + 1);
        }
    }
    return std::nullopt;
}

/// As to JavaScript: "" is none, and a list of some, which is no token to anybody.
bool has_several(const std::vector<NameValue>& query) {
    return std::ranges::count(query, token_name, &NameValue::first) > 1;
}

std::optional<Secret> from_query(const std::vector<NameValue>& query) {
    const auto found = std::ranges::find(query, token_name, &NameValue::first);
    return found == query.end() ? std::nullopt : token_of(found->second);
}

/// One blank between, and up to the next.
std::optional<Secret> from_authorization(const HttpRequest& request) {
    const std::string_view value = trimmed(request.header("authorization"));
    const auto blank = value.find(' ');
    if (blank == std::string_view::npos || !equal_ignoring_case(value.substr(0, blank), "bearer"))
        return std::nullopt;
    const std::string_view token = value.substr(blank + 1);
    return token_of(token.substr(0, token.find(' ')));
}

/// "https://app.example:8443" of "https://app.example:8443/page?a=b"
std::string_view origin_in(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme == std::string_view::npos) return url;
    return url.substr(0, url.find_first_of("/?#", scheme + 3));
}

/// Of the page that has sent the request, as far as the browser says. A page's images and
/// links come without `Origin`, and where it is plain HTTP without `Sec-Fetch-Site` either: `Referer` is then
/// all there is.
std::optional<std::string_view> origin_of(const HttpRequest& request) {
    if (request.has_header("origin")) return request.header("origin");
    if (request.has_header("sec-fetch-site") || !request.has_header("referer")) return std::nullopt;
    return origin_in(request.header("referer"));
}

bool is_own(const HttpRequest& request, std::string_view origin) {
    const auto scheme = origin.find("://");
    if (scheme == std::string_view::npos) return false;
    if (!request.scheme.empty() && !equal_ignoring_case(origin.substr(0, scheme), request.scheme))
        return false;
    return equal_ignoring_case(origin.substr(scheme + 3),
                               request.host.empty() ? request.header("host") : request.host);
}

}  // namespace

std::optional<Secret> find_token(const HttpRequest& request,
                                 const std::vector<NameValue>& query,
                                 const gateway::RestSettings& settings,
                                 Cookies cookies) {
    std::optional<Secret> token;
    if (settings.cookie && cookies == Cookies::from_same_origin && page_of(request) == Page::own)
        token = from_cookie(request);
    if (!token && settings.query) {
        if (has_several(query)) return std::nullopt;
        token = from_query(query);
    }
    if (!token && settings.bearer) token = from_authorization(request);
    return token;
}

Page page_of(const HttpRequest& request) {
    const std::string_view site = request.header("sec-fetch-site");
    if (!site.empty() && site != "same-origin" && site != "none") return Page::other;
    if (const auto origin = origin_of(request)) return is_own(request, *origin) ? Page::own : Page::other;
    return site.empty() ? Page::untold : Page::own;
}

bool hides_its_page(const HttpRequest& request) {
    return page_of(request) == Page::untold && request.header("user-agent").starts_with("Mozilla/") &&
           request.has_header("accept-language");
}

bool is_credential_header(std::string_view name) {
    return equal_ignoring_case(name, "authorization") || equal_ignoring_case(name, "cookie") ||
           equal_ignoring_case(name, "proxy-authorization") || equal_ignoring_case(name, token_name);
}

void drop_token(std::vector<NameValue>& query) {
    std::erase_if(query, [](const NameValue& entry) { return entry.first == token_name; });
}

}  // namespace rest
