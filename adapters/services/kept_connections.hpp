// Which socket a kept connection of curl's is: before a request is sent, curl tells no more than both ends'
// addresses. Told of every socket that curl opens and closes. Owned by Transfers, whose thread is the only
// one.
#pragma once

#include <curl/curl.h>

#include <map>
#include <optional>
#include <set>
#include <string>

namespace services {

/// Of a connection, as text: there are no two with the same at one time.
struct Ends {
    std::string local_ip, remote_ip;
    int local_port = 0, remote_port = 0;
    auto operator<=>(const Ends&) const = default;
};

class KeptConnections {
public:
    void opened(curl_socket_t socket);
    void closed(curl_socket_t socket);
    std::optional<curl_socket_t> socket_of(const Ends& ends);

private:
    std::map<Ends, curl_socket_t> connected_;
    std::set<curl_socket_t> connecting_;  // not asked for yet
};

/// Is there something to read before anything was asked: the end of the connection, or bytes that are no
/// answer? `easy`: whose connection it is; TLS may already have taken bytes from the socket.
bool has_unread(CURL* easy, curl_socket_t socket);

}  // namespace services
