#include "adapters/mqtt/no_delay.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <charconv>
#include <filesystem>
#include <string>
#include <system_error>

namespace gateway::mqtt {
namespace {

constexpr std::uint16_t default_port = 1883;  // IANA: mqtt

std::uint16_t peer_port(int socket) {
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return 0;
    if (peer.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in*>(&peer)->sin_port);
    if (peer.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6*>(&peer)->sin6_port);
    return 0;
}

}  // namespace

void send_without_delay(std::uint16_t port) {
    std::error_code error;
    std::filesystem::directory_iterator open{"/proc/self/fd", error};
    for (; !error && open != std::filesystem::directory_iterator{}; open.increment(error)) {
        const std::string name = open->path().filename().string();
        int socket = -1;
        std::from_chars(name.data(), name.data() + name.size(), socket);
        const int on = 1;
        if (socket >= 0 && peer_port(socket) == port)
            ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
}

std::uint16_t port_of(std::string_view url) {
    url = url.substr(0, url.find('/', url.find("://") + 3));  // a path may hold a colon, too
    const std::size_t colon = url.rfind(':');
    std::uint16_t port = 0;
    if (colon != std::string_view::npos)
        std::from_chars(url.data() + colon + 1, url.data() + url.size(), port);
    return port == 0 ? default_port : port;
}

}  // namespace gateway::mqtt
