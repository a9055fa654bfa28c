#include "adapters/rest/current_request.hpp"

#include <utility>

#include "adapters/rest/forwarded.hpp"
#include "gateway/ip_network.hpp"

namespace rest {

using gateway::Clock;

CurrentRequest::CurrentRequest(ListenerState& state, Peer peer)
    : state_{state},
      peer_{std::move(peer)},
      connection_{++state_.connections_made},
      behind_proxy_{gateway::contains(state_.door.proxies.trusted, peer_.ip)} {}

/// Its views die when the next one is read; the room for its headers stays.
void CurrentRequest::forget() {
    auto headers = std::move(http_.headers);
    headers.clear();
    http_ = {};
    http_.headers = std::move(headers);
    http_.ip = peer_.ip;
}

void CurrentRequest::begin() {
    ++number_;
    began_ = Clock::now();
}

void CurrentRequest::identify() {
    began_ = Clock::now();
    set_origin(http_, peer_, behind_proxy_);
    if (!behind_proxy_) return;
    client_ = client_address(http_, peer_, state_.door.proxies.trusted);
    http_.ip = client_;
}

std::optional<Access> CurrentRequest::access() const {
    if (!state_.door.access_log || state_.ended) return std::nullopt;
    const std::string made = std::to_string(connection_) + '-' + std::to_string(number_);
    return Access{std::string{http_.method},
                  std::string{http_.path()},
                  std::string{http_.ip},
                  state_.surface->user_of(http_),
                  std::string{request_id(http_, made)},
                  began_};
}

}  // namespace rest
