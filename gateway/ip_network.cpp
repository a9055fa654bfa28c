#include "gateway/ip_network.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address_v6.hpp>
#include <charconv>

namespace gateway {
namespace {

namespace ip = boost::asio::ip;

constexpr unsigned v4_bits = 32;
constexpr unsigned v6_bits = 128;

bool same_prefix(const unsigned char* a, const unsigned char* b, unsigned bits) {
    for (; bits >= 8; bits -= 8, ++a, ++b)
        if (*a != *b) return false;
    if (bits == 0) return true;
    const unsigned mask = 0xffU << (8 - bits) & 0xffU;
    return (*a & mask) == (*b & mask);
}

bool same_prefix(const ip::address& a, const ip::address& b, unsigned bits) {
    if (a.is_v4() != b.is_v4()) return false;
    if (a.is_v4()) return same_prefix(a.to_v4().to_bytes().data(), b.to_v4().to_bytes().data(), bits);
    return same_prefix(a.to_v6().to_bytes().data(), b.to_v6().to_bytes().data(), bits);
}

ip::address masked(const ip::address& address, unsigned bits) {
    const auto cut = [](auto bytes, unsigned kept) {
        for (auto& byte : bytes) {
            const unsigned here = std::min(kept, 8U);
            byte = static_cast<unsigned char>(byte & (0xffU << (8 - here) & 0xffU));
            kept -= here;
        }
        return bytes;
    };
    if (address.is_v4()) return ip::address_v4{cut(address.to_v4().to_bytes(), bits)};
    return ip::address_v6{cut(address.to_v6().to_bytes(), bits)};
}

}  // namespace

std::optional<ip::address> parse_ip(std::string_view text) {
    if (text.empty() || text.find('%') != std::string_view::npos) return std::nullopt;
    boost::system::error_code error;
    const auto address = ip::make_address(std::string{text}, error);
    if (error) return std::nullopt;
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return ip::make_address_v4(ip::v4_mapped, address.to_v6());
    return address;
}

std::optional<IpNetwork> IpNetwork::parse(std::string_view text) {
    const auto slash = text.find('/');
    const auto address = parse_ip(text.substr(0, slash));
    if (!address) return std::nullopt;
    const unsigned most = address->is_v4() ? v4_bits : v6_bits;
    unsigned bits = most;
    if (slash != std::string_view::npos) {
        const std::string_view number = text.substr(slash + 1);
        const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), bits);
        if (error != std::errc{} || end != number.data() + number.size() || bits > most) return std::nullopt;
    }
    if (masked(*address, bits) != *address) return std::nullopt;
    return IpNetwork{*address, bits};
}

bool IpNetwork::contains(const ip::address& address) const {
    return same_prefix(base_, address, bits_);
}

bool contains(const std::vector<IpNetwork>& networks, std::string_view address) {
    if (networks.empty()) return false;
    const auto parsed = parse_ip(address);
    return parsed &&
           std::ranges::any_of(networks, [&](const IpNetwork& network) { return network.contains(*parsed); });
}

}  // namespace gateway
