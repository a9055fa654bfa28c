// What a proxy in front says about a request: X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host.
// Believed from trusted addresses only, as anybody can send such headers. Pure.
#pragma once

#include <string>
#include <vector>

#include "adapters/rest/http_message.hpp"
#include "adapters/rest/peer.hpp"
#include "gateway/ip_network.hpp"

namespace rest {

/// The client's address: the rightmost one in X-Forwarded-For that is not itself a trusted proxy, as every
/// proxy appends who it was asked by; `peer` itself when that is not trusted, or says nothing readable.
std::string client_address(const HttpRequest& request,
                           const Peer& peer,
                           const std::vector<gateway::IpNetwork>& trusted);

/// Fills in the request's scheme and host, which page_of() compares: what the browser saw.
void set_origin(HttpRequest& request, const Peer& peer, bool peer_is_trusted);

}  // namespace rest
