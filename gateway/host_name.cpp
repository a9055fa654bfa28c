#include "gateway/host_name.hpp"

#include <algorithm>

#include "gateway/ip_network.hpp"

namespace gateway {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Of "GW.example:8080" the length of the name, of "[::1]:8080" that of the brackets and what they hold.
std::size_t host_size(std::string_view authority) {
    if (!authority.starts_with('[')) return std::min(authority.find(':'), authority.size());
    const auto bracket = authority.find(']');
    return bracket == std::string_view::npos ? 0 : bracket + 1;
}

bool is_of_this_machine(std::string_view name) {
    return name == "localhost" || name.ends_with(".localhost");
}

}  // namespace

std::optional<std::string> host_in(std::string_view authority) {
    const std::size_t size = host_size(authority);
    const std::string_view port = authority.substr(size);
    if (!port.empty() && (size == 0 || port.front() != ':' || !std::ranges::all_of(port.substr(1), is_digit)))
        return std::nullopt;
    std::string_view host = authority.substr(0, size);
    if (host.starts_with('[')) return std::string{host.substr(1, host.size() - 2)};
    if (host.ends_with('.')) host.remove_suffix(1);
    std::string name{host};
    std::ranges::transform(name, name.begin(), lower);
    return name;
}

bool no_page_is_at(std::string_view authority) {
    const auto host = host_in(authority);
    if (!host) return false;
    if (authority.starts_with('[')) return parse_ip(*host).has_value();
    const bool dotless = host->find('.') == std::string::npos;
    return dotless || parse_ip(*host) || is_of_this_machine(*host);
}

}  // namespace gateway
