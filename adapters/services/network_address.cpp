#include "adapters/services/network_address.hpp"

#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

namespace services {
namespace {

namespace ip = boost::asio::ip;

struct Block {
    const char* address;
    unsigned short bits;
};

constexpr std::array v4_blocks{Block{"0.0.0.0", 8},
                               Block{"10.0.0.0", 8},
                               Block{"100.64.0.0", 10},
                               Block{"127.0.0.0", 8},
                               Block{"169.254.0.0", 16},
                               Block{"172.16.0.0", 12},
                               Block{"192.0.0.0", 24},
                               Block{"192.168.0.0", 16},
                               Block{"198.18.0.0", 15},
                               Block{"224.0.0.0", 3}};
/// Of IPv6 only 2000::/3 is given out (RFC 4291 section 2.4).
constexpr Block v6_public{"2000::", 3};
constexpr Block v6_nat64{"64:ff9b::", 96};  // RFC 6052: IPv4 in the last four bytes
constexpr Block v6_to_v4{"2002::", 16};     // RFC 3056: IPv4 behind the first two bytes

bool is_in(const ip::address_v4& address, const Block& block) {
    const ip::network_v4 network{ip::make_address_v4(block.address), block.bits};
    return ip::network_v4{address, block.bits}.network() == network.network();
}

bool is_in(const ip::address_v6& address, const Block& block) {
    const ip::network_v6 network{ip::make_address_v6(block.address), block.bits};
    return ip::network_v6{address, block.bits}.network() == network.network();
}

bool is_private(const ip::address_v4& address) {
    for (const Block& block : v4_blocks) {
        if (is_in(address, block)) return true;
    }
    return false;
}

ip::address_v4 embedded(const ip::address_v6& address, std::size_t at) {
    const auto bytes = address.to_bytes();
    return ip::address_v4{{bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]}};
}

bool is_private(const ip::address_v6& address) {
    if (address.is_v4_mapped()) return is_private(embedded(address, 12));
    if (is_in(address, v6_nat64)) return is_private(embedded(address, 12));
    if (is_in(address, v6_to_v4)) return is_private(embedded(address, 2));
    return !is_in(address, v6_public);
}

}  // namespace

std::string ip_of(const sockaddr& address) {
    if (address.sa_family == AF_INET) {
        const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
        return ip::address_v4{ntohl(v4.sin_addr.s_addr)}.to_string();
    }
    if (address.sa_family == AF_INET6) {
        const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
        ip::address_v6::bytes_type bytes{};
        std::copy_n(v6.sin6_addr.s6_addr, bytes.size(), bytes.begin());
        return ip::address_v6{bytes}.to_string();
    }
    return {};
}

int port_of(const sockaddr& address) {
    if (address.sa_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
    if (address.sa_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
    return 0;
}

bool is_private_address(const std::string& text) {
    boost::system::error_code error;
    const auto address = ip::make_address(text, error);
    if (error) return true;
    return address.is_v4() ? is_private(address.to_v4()) : is_private(address.to_v6());
}

}  // namespace services
