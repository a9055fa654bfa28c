// Requests that want to become a websocket (RFC 6455 section 4.2.1). Pure.
#pragma once

#include <cstdint>

#include "adapters/rest/http_message.hpp"
#include "gateway/websocket.hpp"

namespace rest {

bool wants_websocket(const HttpRequest& request);

/// For the node. Cookies are left out: they are not credentials here, as a browser adds them to any page's
/// websocket.
gateway::UpgradeRequest upgrade_of(const HttpRequest& request, std::uint16_t port);

}  // namespace rest
