#include "adapters/rest/login_guard.hpp"

#include <algorithm>

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
void LoginGuard::failed(std::string_view address, std::string_view user, TimePoint now) {
    const auto network = network_of(address);
    addresses_.failed(network, now);
    if (!known_places_.contains(place_of(network, user))) users_.failed(user, now);
}

void LoginGuard::succeeded(std::string_view address, std::string_view user) {
    auto place = place_of(network_of(address), user);
    if (!known_places_.insert(place).second) return;
    known_in_order_.push_back(std::move(place));
    if (known_in_order_.size() <= max_known_places) return;
    known_places_.erase(known_in_order_.front());
    known_in_order_.pop_front();
}

}  // namespace rest
