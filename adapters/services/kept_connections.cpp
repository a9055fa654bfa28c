#include "adapters/services/kept_connections.hpp"

#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include "adapters/services/network_address.hpp"

namespace services {
namespace {

sockaddr& as_any(sockaddr_storage& address) {
    return reinterpret_cast<sockaddr&>(address);
}

/// nullopt: it is not connected.
std::optional<Ends> ends_of(curl_socket_t socket) {
    sockaddr_storage local{}, remote{};
    socklen_t local_size = sizeof local, remote_size = sizeof remote;
    if (::getsockname(socket, &as_any(local), &local_size) != 0 ||
        ::getpeername(socket, &as_any(remote), &remote_size) != 0)
        return std::nullopt;
    return Ends{ip_of(as_any(local)), ip_of(as_any(remote)), port_of(as_any(local)), port_of(as_any(remote))};
}

bool is_readable(curl_socket_t socket) {
    pollfd look{socket, POLLIN, 0};
    return ::poll(&look, 1, 0) != 0;
}

/// Another TLS library is not asked: its connections count as never read to the end.
bool tls_has_unread(CURL* easy) {
    curl_tlssessioninfo* tls = nullptr;
    if (curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &tls) != CURLE_OK) return true;
    if (tls == nullptr || tls->internals == nullptr) return false;  // no TLS here
    return tls->backend != CURLSSLBACKEND_OPENSSL ||
           SSL_has_pending(static_cast<const SSL*>(tls->internals)) != 0;
}

}  // namespace

void KeptConnections::opened(curl_socket_t socket) {
    closed(socket);
    connecting_.insert(socket);
}

void KeptConnections::closed(curl_socket_t socket) {
    connecting_.erase(socket);
    std::erase_if(connected_, [&](const auto& entry) { return entry.second == socket; });
}

std::optional<curl_socket_t> KeptConnections::socket_of(const Ends& ends) {
    if (const auto found = connected_.find(ends); found != connected_.end()) return found->second;
    for (const curl_socket_t socket : connecting_) {
        if (ends_of(socket) != ends) continue;
        connecting_.erase(socket);
        connected_.insert_or_assign(ends, socket);
        return socket;
    }
    return std::nullopt;
}

bool has_unread(CURL* easy, curl_socket_t socket) {
    return is_readable(socket) || tls_has_unread(easy);
}

}  // namespace services
