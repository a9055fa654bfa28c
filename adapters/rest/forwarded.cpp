#include "adapters/rest/forwarded.hpp"

#include <optional>

namespace rest {
namespace {

constexpr std::size_t most_hops = 32;  // proxies between a client and here

std::string_view trimmed(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && blank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && blank(text.back()))
        text.remove_suffix(1);
    return text;
}

/// "192.0.2.7", "192.0.2.7:4711", "2001:db8::1", "[2001:db8::1]:4711"
std::optional<std::string> address_of(std::string_view element) {
    if (element.starts_with('[')) {
        const auto end = element.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        element = element.substr(1, end - 1);
    } else if (element.find('.') != std::string_view::npos && !element.starts_with("::")) {
        element = element.substr(0, element.find(':'));
    }
    const auto address = gateway::parse_ip(element);
    if (!address) return std::nullopt;
    return address->to_string();
}

/// The last element of the last such header: of several proxies, that of the nearest.
std::string_view nearest(const HttpRequest& request, std::string_view name) {
    std::string_view value;
    for (const Header& header : request.headers)
        if (equal_ignoring_case(header.name, name)) value = header.value;
    const auto comma = value.rfind(',');
    return trimmed(comma == std::string_view::npos ? value : value.substr(comma + 1));
}

}  // namespace

std::string client_address(const HttpRequest& request,
                           const Peer& peer,
                           const std::vector<gateway::IpNetwork>& trusted) {
    std::string client = peer.ip;
    std::size_t hops = 0;
    for (auto header = request.headers.rbegin(); header != request.headers.rend(); ++header) {
        if (!equal_ignoring_case(header->name, "x-forwarded-for")) continue;
        std::string_view rest = header->value;
        while (gateway::contains(trusted, client) && ++hops <= most_hops) {
            const auto comma = rest.rfind(',');
            const auto element = comma == std::string_view::npos ? rest : rest.substr(comma + 1);
            auto before = address_of(trimmed(element));
            if (!before) return client;
            client = *std::move(before);
            if (comma == std::string_view::npos) break;
            rest = rest.substr(0, comma);
        }
    }
    return client;
}

void set_origin(HttpRequest& request, const Peer& peer, bool peer_is_trusted) {
    request.over_tls = peer.tls;
    request.scheme = peer.tls ? "https" : "";
    request.host = request.header("host");
    if (!peer_is_trusted) return;
    const std::string_view scheme = nearest(request, "x-forwarded-proto");
    if (equal_ignoring_case(scheme, "https")) request.scheme = "https";
    if (equal_ignoring_case(scheme, "http")) request.scheme = "http";
    const std::string_view host = nearest(request, "x-forwarded-host");
    if (!host.empty()) request.host = host;
}

}  // namespace rest
