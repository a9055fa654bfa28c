#include "adapters/rest/login_guard.hpp"

#include <algorithm>

namespace rest {

using gateway::Duration;
using gateway::TimePoint;

void LoginGuard::Attempt::failed(TimePoint now) const {
    of_address_->failed(now);
    if (of_user_) of_user_->failed(now);
}

std::string LoginGuard::place_of(std::string_view network, std::string_view user) {
    return std::string{network} + ' ' + std::string{user.substr(0, LoginLimit::max_key_size)};
}

Duration LoginGuard::wait(std::string_view address, std::string_view user, TimePoint now) const {
    const auto network = network_of(address);
    const Duration of_address = addresses_->wait(network, now);
    if (known_places_.contains(place_of(network, user))) return of_address;
    return std::max(of_address, users_->wait(user, now));
}

/// A failure at a place that is known is a slip of the user's own, and no reason to slow down others there.
LoginGuard::Attempt LoginGuard::begin(std::string_view address, std::string_view user) {
    const auto network = network_of(address);
    Attempt attempt;
    attempt.place_ = place_of(network, user);
    attempt.of_address_ = std::make_shared<Try>(addresses_, network);
    if (!known_places_.contains(attempt.place_)) attempt.of_user_ = std::make_shared<Try>(users_, user);
    return attempt;
}

void LoginGuard::succeeded(const Attempt& attempt) {
    if (!known_places_.insert(attempt.place_).second) return;
    known_in_order_.push_back(attempt.place_);
    if (known_in_order_.size() <= max_known_places) return;
    known_places_.erase(known_in_order_.front());
    known_in_order_.pop_front();
}

}  // namespace rest
