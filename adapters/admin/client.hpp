// The other side of the admin listener: commands that ask a running gateway. Blocking.
#pragma once

#include <string>

#include "gateway/error.hpp"
#include "gateway/principal.hpp"
#include "gateway/settings.hpp"

namespace admin {

class Client {
public:
    /// `token`: empty: none is sent.
    Client(gateway::Endpoint endpoint, gateway::Secret token)
        : endpoint_{std::move(endpoint)}, token_{std::move(token)} {}

    /// The body of the answer. Errors: Errc::unavailable - nobody is there; Errc::http_error - the gateway
    /// has refused, with the status as code and in its words.
    gateway::Result<std::string> get(const std::string& path_and_query) const;
    /// A JSON text.
    gateway::Result<std::string> post(const std::string& path, const std::string& json) const;

private:
    gateway::Endpoint endpoint_;
    gateway::Secret token_;
};

/// As part of a query (RFC 3986 section 2.1).
std::string percent_encoded(const std::string& text);

}  // namespace admin
