#include "adapters/rest/token_guard.hpp"

#include <utility>

namespace rest {

using gateway::Clock;
using gateway::Duration;
using gateway::Errc;
using gateway::Principal;
using gateway::Result;
using gateway::Secret;

std::string TokenGuard::place_of(std::string_view network, const Secret& token) {
    return std::string{network} + ' ' + token.reveal();
}

Duration TokenGuard::wait(std::string_view address, const Secret& token) const {
    const auto network = network_of(address);
    const Duration wait = limit_->wait(network, Clock::now());
    if (wait <= Duration::zero() || !mesh_.user_of(token).empty()) return Duration::zero();
    const auto same = under_way_.find(place_of(network, token));
    return same == under_way_.end() || same->second.expired() ? wait : Duration::zero();
}

std::shared_ptr<Try> TokenGuard::begin(std::string_view address, const Secret& token) {
    const auto network = network_of(address);
    std::erase_if(under_way_, [](const auto& entry) { return entry.second.expired(); });
    auto& place = under_way_[place_of(network, token)];
    auto attempt = place.lock();
    if (!attempt) place = attempt = std::make_shared<Try>(limit_, network);
    return attempt;
}

void TokenGuard::authenticate(std::string_view address,
                              Principal who,
                              gateway::TimePoint deadline,
                              Done done) {
    if (!mesh_.user_of(*who.token).empty())
        return mesh_.authenticate(std::move(who), deadline, std::move(done));
    auto attempt = begin(address, *who.token);
    mesh_.authenticate(
        std::move(who),
        deadline,
        [attempt = std::move(attempt), done = std::move(done)](Result<Principal> known) mutable {
            if (known.has_error() && known.error().errc == Errc::unauthorized) attempt->failed(Clock::now());
            attempt.reset();
            done(std::move(known));
        });
}

}  // namespace rest
