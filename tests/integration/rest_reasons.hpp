// Why the gateway answers an odd request otherwise than happner does: what docs/compatibility.md says of it.
#pragma once

#include <map>
#include <string>

namespace support {

/// By the name of the request (odd_requests.hpp).
std::map<std::string, std::string> reasons_by_request();

}  // namespace support
