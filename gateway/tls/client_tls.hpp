// How the gateway is a client of TLS: whom it believes, and what it shows. TLS 1.2 and later. For every edge
// that connects to somebody; a context is made at start-up and may then be used by connections of one thread.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <boost/system/error_code.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/settings.hpp"

namespace gateway {

/// Believes a server that is `server_name`, a DNS name or an IP address, by `settings`. `keys` is where they
/// stand in the configuration. Throws std::runtime_error ("KEYS.ca cannot be used: ...") if a certificate or
/// key cannot be used, or they do not belong together.
std::shared_ptr<boost::asio::ssl::context> client_tls(const TlsSettings& settings,
                                                      const std::string& server_name,
                                                      std::string_view keys);

/// Tells the server which name is meant (RFC 6066 section 3). Before the handshake.
void announce_server_name(SSL* connection, const std::string& name);

/// Why a handshake failed, with what is wrong with the certificate.
std::string handshake_failure(SSL* connection, const boost::system::error_code& error);

}  // namespace gateway
