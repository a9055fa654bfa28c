#include "adapters/rest/login_guard.hpp"

#include <algorithm>
#include <utility>

namespace rest {

using gateway::Duration;
using gateway::TimePoint;

std::string LoginGuard::place_of(std::string_view network, std::string_view user) {
    return std::string{network} + ' ' + std::string{user.substr(0, LoginLimit::max_key_size)};
}

Duration LoginGuard::wait(std::string_view address, std::string_view user, TimePoint now) const {
    const auto network = network_of(address);
    const Duration of_address = addresses_.wait(network, now);
    if (known_places_.contains(place_of(network, user))) return of_address;
    return std::max(of_address, users_.wait(user, now));
}

/// A failure at a place that is known is a slip of the user's own, and no reason to slow down others there.
LoginGuard::Attempt LoginGuard::begin(std::string_view address, std::string_view user, TimePoint now) {
    Attempt attempt{network_of(address), std::string{user.substr(0, LoginLimit::max_key_size)}, true};
    attempt.counts_for_user = !known_places_.contains(place_of(attempt.network, attempt.user));
    addresses_.failed(attempt.network, now);
    if (attempt.counts_for_user) users_.failed(attempt.user, now);
    return attempt;
}

void LoginGuard::came_to_nothing(const Attempt& attempt, TimePoint now) {
    addresses_.forgive(attempt.network, now);
    if (attempt.counts_for_user) users_.forgive(attempt.user, now);
}

void LoginGuard::succeeded(const Attempt& attempt, TimePoint now) {
    came_to_nothing(attempt, now);
    auto place = place_of(attempt.network, attempt.user);
    if (!known_places_.insert(place).second) return;
    known_in_order_.push_back(std::move(place));
    if (known_in_order_.size() <= max_known_places) return;
    known_places_.erase(known_in_order_.front());
    known_in_order_.pop_front();
}

}  // namespace rest
