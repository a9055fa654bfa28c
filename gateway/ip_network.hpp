// An IP address or a range of them in CIDR notation (RFC 4632 section 3.1, RFC 4291 section 2.3), to ask
// whether an address is in it. IPv4 addresses that come mapped into IPv6 count as IPv4. A value, pure.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gateway {

/// nullopt: no address. `::ffff:10.0.0.1` is 10.0.0.1; a zone (`%eth0`) is refused.
std::optional<boost::asio::ip::address> parse_ip(std::string_view text);

class IpNetwork {
public:
    /// `10.0.0.0/8`, `fd00::/8`, `192.0.2.7`. nullopt: not written so, or with bits set beyond the prefix.
    static std::optional<IpNetwork> parse(std::string_view text);

    bool contains(const boost::asio::ip::address& address) const;

private:
    IpNetwork(boost::asio::ip::address base, unsigned bits) : base_{base}, bits_{bits} {}
    boost::asio::ip::address base_;
    unsigned bits_;
};

/// Is the address, as text, in one of them? What is no address is in none.
bool contains(const std::vector<IpNetwork>& networks, std::string_view address);

}  // namespace gateway
