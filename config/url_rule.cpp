#include "config/url_rule.hpp"

#include <algorithm>

#include "config/address.hpp"

namespace config {
namespace {

bool allowed_path(const std::string& path, const Scheme& scheme) {
    if (path.empty() || path == "/") return true;
    const auto unfit = [](unsigned char c) { return c <= ' ' || c >= 0x7f || c == '?' || c == '#'; };
    return scheme.path && std::ranges::none_of(path, unfit);
}

}  // namespace

std::optional<ReadUrl> read_url(const Node& node, const UrlRule& rule, Findings& findings) {
    // The text is not quoted in messages: it may hold a password.
    const auto url = node.is_scalar() ? parse_url(node.text()) : std::nullopt;
    if (!url) {
        findings.error("HG407", node.place(), "expected a URL", rule.example);
        return std::nullopt;
    }
    const auto scheme = std::ranges::find(rule.schemes, url->scheme, &Scheme::name);
    if (scheme == rule.schemes.end()) {
        findings.error("HG409", node.place(), "'" + url->scheme + "://' is not spoken here", rule.example);
        return std::nullopt;
    }
    if (!allowed_path(url->rest, *scheme)) {
        findings.error(
            "HG409",
            node.place(),
            scheme->path ? "a URL with a query is not allowed here" : "a URL with a path is not allowed here",
            scheme->path ? "a secret has a place under 'headers'" : rule.example);
        return std::nullopt;
    }
    const std::uint16_t port = url->port == 0 ? scheme->port : url->port;
    return ReadUrl{scheme->meaning.empty() ? scheme->name : scheme->meaning,
                   {url->host, port},
                   scheme->path ? url->rest : std::string{}};
}

Json url_schema(const UrlRule& rule) {
    std::string schemes;
    for (const auto& scheme : rule.schemes)
        schemes += (schemes.empty() ? "" : "|") + scheme.name;
    // a variable may be the whole or a part
    return {{"type", "string"}, {"pattern", "^(" + schemes + ")://|\\$\\{"}, {"examples", {rule.example}}};
}

}  // namespace config
