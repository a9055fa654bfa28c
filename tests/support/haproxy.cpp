#include "tests/support/haproxy.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "tests/support/eventually.hpp"

namespace support {
namespace {

using boost::asio::ip::tcp;

// Debian keeps it in /usr/sbin, which is not in everyone's PATH.
constexpr const char* program = "/usr/sbin/haproxy";

constexpr const char* around = R"(global
  log stdout format raw local0 info
defaults
  log global
  option tcplog
  timeout connect 5s
  timeout client 50s
  timeout server 50s
)";

bool takes_connections(std::uint16_t port) {
    boost::asio::io_context io;
    tcp::socket socket{io};
    boost::system::error_code failed;
    socket.connect({boost::asio::ip::address_v4::loopback(), port}, failed);
    return !failed;
}

Command command_of(const TemporaryDirectory& directory, const std::string& sections) {
    const auto config = directory.write("haproxy.cfg", around + sections);
    return {.arguments = {program, "-db", "-f", config.string()}};
}

}  // namespace

Haproxy::Haproxy(const std::string& sections, std::uint16_t port)
    : process_{command_of(directory_, sections)} {
    const auto begun = [&] {
        if (!process_.running()) throw WaitFailed("haproxy ended at its start:\n" + process_.printed());
        return takes_connections(port);
    };
    if (!eventually(begun)) throw WaitFailed("haproxy does not listen:\n" + process_.printed());
}

}  // namespace support
