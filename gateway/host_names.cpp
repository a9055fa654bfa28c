#include "gateway/host_names.hpp"

#include <algorithm>
#include <optional>

#include "gateway/ip_network.hpp"

namespace gateway {
namespace {

char lowered(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Of "GW.example:8080" the length of the name, of "[::1]:8080" that of the brackets and what they hold.
std::size_t host_size(std::string_view authority) {
    if (!authority.starts_with('[')) return std::min(authority.find(':'), authority.size());
    const auto bracket = authority.find(']');
    return bracket == std::string_view::npos ? 0 : bracket + 1;
}

/// "gw.example" of "GW.example.:8080", "::1" of "[::1]:8080"; nullopt if it is not written as a host and
/// maybe a port (RFC 9110 section 7.2).
std::optional<std::string> host_in(std::string_view authority) {
    const std::size_t size = host_size(authority);
    const std::string_view port = authority.substr(size);
    if (!port.empty() && (size == 0 || port.front() != ':' || !std::ranges::all_of(port.substr(1), is_digit)))
        return std::nullopt;
    std::string_view host = authority.substr(0, size);
    if (host.starts_with('[')) return std::string{host.substr(1, host.size() - 2)};
    if (host.ends_with('.')) host.remove_suffix(1);
    std::string name{host};
    std::ranges::transform(name, name.begin(), lowered);
    return name;
}

bool is_of_this_machine(std::string_view name) {
    return name == "localhost" || name.ends_with(".localhost");
}

bool fits(std::string_view name, std::string_view pattern) {
    if (pattern == "*") return true;
    return pattern.starts_with("*.") ? name.ends_with(pattern.substr(1)) : name == pattern;
}

}  // namespace

bool HostNames::has(std::string_view authority) const {
    const auto host = host_in(authority);
    if (!host) return false;
    if (authority.starts_with('[')) return parse_ip(*host).has_value();
    const bool dotless = host->find('.') == std::string::npos;
    return dotless || parse_ip(*host) || is_of_this_machine(*host) || lists(*host);
}

bool HostNames::lists(std::string_view name) const {
    return std::ranges::any_of(listed_, [&](const std::string& pattern) { return fits(name, pattern); });
}

std::string shown_host(std::string_view authority) {
    return host_in(authority).value_or(std::string{authority});
}

}  // namespace gateway
