// One HTTP GET to a mesh, over TCP or TLS: the few things a mesh tells over HTTP alone. On the io_context's
// thread; a connection each, so not for a hot path.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <string>

#include "adapters/happn/destination.hpp"
#include "gateway/clock.hpp"
#include "gateway/error.hpp"

namespace happn {

struct HttpAnswer {
    int status = 0;
    std::string body;
};

struct HttpQuestion {
    std::string target;  // path and query, already encoded
    std::string cookie;  // a whole Cookie header; empty: none. Never in the URL: those are logged
};

/// `done` is called once, never from within, at the deadline at the latest. Fails with Unavailable or
/// Timeout.
void http_get(boost::asio::io_context& io,
              const Destination& destination,
              HttpQuestion question,
              gateway::TimePoint deadline,
              std::function<void(gateway::Result<HttpAnswer>)> done);

/// Everything but A-Z a-z 0-9 - . _ ~ as %XX (RFC 3986 section 2.3).
std::string percent_encoded(std::string_view text);

}  // namespace happn
