// URLs that services give, which may be anything, as curl itself reads them: what one is taken for here is
// what is connected to. Pure.
#pragma once

#include <string>

namespace services {

/// "https://host:443", in lower case and always with the port: URLs of one origin (RFC 6454) have the same.
/// Empty: no absolute URL of a host.
std::string origin_of(const std::string& url);

/// Where a `Location` leads from `base`: an absolute URL (RFC 3986 section 5), without the user and password
/// that it may name. Empty: nowhere.
std::string redirect_of(const std::string& base, const std::string& location);

}  // namespace services
