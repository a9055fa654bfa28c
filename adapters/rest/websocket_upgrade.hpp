// Requests that want to become a websocket (RFC 6455 section 4.2.1). Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "adapters/rest/http_message.hpp"
#include "gateway/websocket.hpp"

namespace rest {

bool wants_websocket(const HttpRequest& request);

/// Why there is none for a request that wants one: its key, or its version of the protocol. It is said as
/// any other answer is, so that the connection may go on.
std::optional<HttpReply> refusal_of_handshake(const HttpRequest& request);

/// For the node. Cookies are left out: they are not credentials here, as a browser adds them to any page's
/// websocket.
gateway::UpgradeRequest upgrade_of(const HttpRequest& request, std::uint16_t port);

}  // namespace rest
