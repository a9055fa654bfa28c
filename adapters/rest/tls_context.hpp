// OpenSSL's side of a listener's certificate, for the sources that know OpenSSL.
#pragma once

#include <boost/asio/ssl/context.hpp>

#include "adapters/rest/server_certificate.hpp"

namespace rest {

struct TlsContext {
    TlsContext() : ssl{boost::asio::ssl::context::tls_server} {}
    boost::asio::ssl::context ssl;
    std::int64_t expires = 0;  // Unix seconds: the end of its certificate
};

}  // namespace rest
