#include "adapters/rest/admission.hpp"

#include "adapters/rest/http_status.hpp"

namespace rest {

Admission::Admission(std::shared_ptr<ListenerState> state, const std::string& address)
    : state_{std::move(state)}, address_{address} {
    const bool free = gateway::contains(state_->door.proxies.trusted, address_);
    counted_ = !free && state_->clients.enter(address_);
    admitted_ = free || counted_;
}

Admission::~Admission() {
    if (counted_) state_->clients.leave(address_);
}

std::optional<HttpReply> check_rate(ListenerState& state,
                                    const HttpRequest& request,
                                    gateway::TimePoint now) {
    const auto wait = state.clients.request(request.ip, now);
    if (!wait) return std::nullopt;
    state.metrics.count("http_rate_limited");
    return too_many("requests of one client", *wait);
}

}  // namespace rest
