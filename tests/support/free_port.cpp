#include "tests/support/free_port.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <map>
#include <mutex>
#include <random>
#include <stdexcept>
#include <string>

namespace support {
namespace {

using boost::asio::local::stream_protocol;

constexpr std::uint16_t lowest_port = 20'000;
constexpr std::uint16_t highest_port = 32'000;
constexpr int attempts = 200;

/// A claim on a port that other processes of the tests see, also before anybody listens there and between two
/// servers on it. It is a name in Linux' abstract namespace (unix(7)): no file, and it ends with the process
/// and what this started.
class Claim {
public:
    Claim(boost::asio::io_context& io, std::uint16_t port) : socket_(io) {
        const auto name = std::string(1, '\0') + "happn-gateway tests, port " + std::to_string(port);
        socket_.open(stream_protocol{}, failed_);
        socket_.bind(stream_protocol::endpoint{name}, failed_);
    }

    bool stands() const { return !failed_; }

private:
    stream_protocol::socket socket_;
    boost::system::error_code failed_;
};

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
    static boost::asio::io_context io;
    static std::map<std::uint16_t, Claim> claimed;
    static std::random_device random;
    const std::lock_guard lock{mutex};
    std::uniform_int_distribution<int> ports{lowest_port, highest_port};
    for (int attempt = 0; attempt < attempts; ++attempt) {
        const auto port = static_cast<std::uint16_t>(ports(random));
        const auto [claim, is_new] = claimed.try_emplace(port, io, port);
        if (!is_new) continue;
        if (claim->second.stands() && can_listen(port)) return port;
        claimed.erase(claim);
    }
    throw std::runtime_error("no free port found");
}

}  // namespace support
