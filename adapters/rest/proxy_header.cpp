#include "adapters/rest/proxy_header.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <cstring>

#include "gateway/ip_network.hpp"

namespace rest {
namespace {

namespace ip = boost::asio::ip;
using Verdict = ProxyHeader::Verdict;

constexpr std::string_view text_start = "PROXY ";
constexpr std::string_view binary_start{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr std::size_t longest_text = 107;
constexpr std::size_t binary_head = 16;

/// Could `received` still become something that starts so?
bool may_start(std::string_view received, std::string_view start) {
    const auto both = std::min(received.size(), start.size());
    return received.substr(0, both) == start.substr(0, both);
}

std::optional<std::uint16_t> port_of(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
    return port;
}

std::string_view next_word(std::string_view& line) {
    const auto end = line.find(' ');
    const std::string_view word = line.substr(0, end);
    line = end == std::string_view::npos ? std::string_view{} : line.substr(end + 1);
    return word;
}

/// "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443"
ProxyHeader parse_text(std::string_view received) {
    const auto end = received.find("\r\n");
    if (end == std::string_view::npos)
        return {received.size() < longest_text ? Verdict::incomplete : Verdict::malformed};
    if (end + 2 > longest_text) return {};
    ProxyHeader header{Verdict::complete, end + 2};
    std::string_view line = received.substr(text_start.size(), end - text_start.size());
    const std::string_view family = next_word(line);
    if (family == "UNKNOWN") return header;
    const auto source = gateway::parse_ip(next_word(line));
    const auto target = gateway::parse_ip(next_word(line));
    const auto source_port = port_of(next_word(line));
    const auto target_port = port_of(next_word(line));
    const bool known = family == "TCP4" || family == "TCP6";
    if (!known || !source || !target || !source_port || !target_port || !line.empty()) return {};
    header.source = Peer{source->to_string(), *source_port};
    return header;
}

std::uint16_t two_bytes(std::string_view bytes) {
    return static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[0]) << 8 |
                                      static_cast<unsigned char>(bytes[1]));
}

template <typename Address>
Peer source_of(std::string_view addresses) {
    typename Address::bytes_type bytes{};
    std::memcpy(bytes.data(), addresses.data(), bytes.size());
    const ip::address address{Address{bytes}};
    const auto plain = gateway::parse_ip(address.to_string()).value_or(address);
    return Peer{plain.to_string(), two_bytes(addresses.substr(2 * bytes.size()))};
}

ProxyHeader parse_binary(std::string_view received) {
    if (received.size() < binary_head) return {Verdict::incomplete};
    const auto version_and_command = static_cast<unsigned char>(received[12]);
    const auto family = static_cast<unsigned char>(received[13]);
    const std::size_t size = binary_head + two_bytes(received.substr(14));
    if (version_and_command >> 4 != 2 || size > max_proxy_header) return {};
    if (received.size() < size) return {Verdict::incomplete};
    ProxyHeader header{Verdict::complete, size};
    const std::string_view addresses = received.substr(binary_head, size - binary_head);
    constexpr unsigned local = 0, proxied = 1, tcp4 = 0x11, tcp6 = 0x21;
    const unsigned command = version_and_command & 0xfU;
    if (command == local) return header;
    if (command != proxied) return {};
    if (family == tcp4 && addresses.size() >= 12) {
        header.source = source_of<ip::address_v4>(addresses);
    } else if (family == tcp6 && addresses.size() >= 36) {
        header.source = source_of<ip::address_v6>(addresses);
    } else if (family == tcp4 || family == tcp6) {
        return {};
    }
    return header;
}

}  // namespace

ProxyHeader parse_proxy_header(std::string_view received) {
    if (received.starts_with(binary_start)) return parse_binary(received);
    if (received.starts_with(text_start)) return parse_text(received);
    const bool early = may_start(received, binary_start) || may_start(received, text_start);
    return {early ? Verdict::incomplete : Verdict::malformed};
}

}  // namespace rest
