// Where one node of a mesh is reached, how the way there is protected, and what is taken from it. A value;
// the TLS context is shared by the connections made with it.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "gateway/settings.hpp"

namespace happn {

struct Destination {
    gateway::Endpoint endpoint;
    std::shared_ptr<boost::asio::ssl::context> tls;  // null: a plain connection
    std::string server_name;                         // with tls: sent (RFC 6066 section 3) and verified
    std::size_t max_message = gateway::MeshSettings{}.max_message;  // bytes; a larger one ends the connection

    /// host:port, for the Host header.
    std::string authority() const;
    /// wss://host:port, for people.
    std::string url() const;
};

/// Of a mesh's URLs, in their order. Throws std::runtime_error if a certificate or key cannot be used.
std::vector<Destination> destinations_of(const gateway::MeshSettings& mesh);

}  // namespace happn
