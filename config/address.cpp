#include "config/address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace config {
namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return port;
}

bool host_character(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == '_' || c == ':';
}

bool plausible_host(std::string_view host) {
    return !host.empty() && std::all_of(host.begin(), host.end(), host_character);
}

struct HostAndPort {
    std::string_view host;
    std::optional<std::string_view> port;
};

std::optional<HostAndPort> split_authority(std::string_view text) {
    HostAndPort parts;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        parts.host = text.substr(1, end - 1);
        text.remove_prefix(end + 1);
        if (!text.empty() && text.front() != ':') return std::nullopt;
        if (!text.empty()) parts.port = text.substr(1);
    } else {
        const auto colon = text.find(':');
        parts.host = text.substr(0, colon);
        if (colon != std::string_view::npos) parts.port = text.substr(colon + 1);
    }
    if (!plausible_host(parts.host)) return std::nullopt;
    return parts;
}

std::string lower(std::string_view text) {
    std::string result{text};
    std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return result;
}

bool parses_as(int family, const std::string& host) {
    std::array<unsigned char, sizeof(in6_addr)> address{};
    return ::inet_pton(family, host.c_str(), address.data()) == 1;
}

}  // namespace

std::optional<gateway::Endpoint> parse_endpoint(std::string_view text) {
    const auto parts = split_authority(text);
    if (!parts || !parts->port) return std::nullopt;
    const auto port = parse_port(*parts->port);
    if (!port) return std::nullopt;
    gateway::Endpoint endpoint;
    endpoint.host = std::string{parts->host};
    endpoint.port = *port;
    return endpoint;
}

std::optional<Url> parse_url(std::string_view text) {
    const auto colon = text.find("://");
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    Url url;
    url.scheme = lower(text.substr(0, colon));
    text.remove_prefix(colon + 3);
    const auto end = text.find_first_of("/?#");
    const auto parts = split_authority(text.substr(0, end));
    if (!parts) return std::nullopt;
    url.host = std::string{parts->host};
    if (parts->port) {
        const auto port = parse_port(*parts->port);
        if (!port || *port == 0) return std::nullopt;
        url.port = *port;
    }
    if (end != std::string_view::npos) url.rest = std::string{text.substr(end)};
    return url;
}

std::optional<std::string> parse_host_pattern(std::string_view text) {
    if (text == "*") return std::string{text};
    const std::string_view name = text.starts_with("*.") ? text.substr(2) : text;
    const bool empty_label =
        name.starts_with('.') || name.ends_with('.') || name.find("..") != std::string_view::npos;
    if (!plausible_host(name) || name.find(':') != std::string_view::npos || empty_label) return std::nullopt;
    return lower(text);
}

bool is_ip(const std::string& host) {
    return parses_as(AF_INET, host) || parses_as(AF_INET6, host);
}

bool is_loopback(const std::string& host) {
    return host == "localhost" || host == "::1" || (parses_as(AF_INET, host) && host.starts_with("127."));
}

bool is_any(const std::string& host) {
    return host == "0.0.0.0" || host == "::";
}

std::string endpoint_text(const gateway::Endpoint& endpoint) {
    const bool v6 = endpoint.host.find(':') != std::string::npos;
    return (v6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" + std::to_string(endpoint.port);
}

}  // namespace config
