#include "tests/support/free_port.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <mutex>
#include <random>
#include <set>
#include <stdexcept>

namespace support {
namespace {

constexpr std::uint16_t lowest_port = 20'000;
constexpr std::uint16_t highest_port = 32'000;
constexpr int attempts = 200;

bool can_listen(std::uint16_t port) {
    using boost::asio::ip::tcp;
    boost::asio::io_context io;
    tcp::acceptor acceptor{io};
    boost::system::error_code failed;
    acceptor.open(tcp::v4(), failed);
    // Without SO_REUSEADDR: a port whose last connections still linger is no use to a server that lacks it.
    acceptor.bind({boost::asio::ip::address_v4::loopback(), port}, failed);
    return !failed;
}

}  // namespace

std::uint16_t free_port() {
    static std::mutex mutex;
    static std::set<std::uint16_t> given;
    static std::random_device random;
    const std::lock_guard lock{mutex};
    std::uniform_int_distribution<int> ports{lowest_port, highest_port};
    for (int attempt = 0; attempt < attempts; ++attempt) {
        const auto port = static_cast<std::uint16_t>(ports(random));
        if (!given.contains(port) && can_listen(port)) {
            given.insert(port);
            return port;
        }
    }
    throw std::runtime_error("no free port found");
}

}  // namespace support
