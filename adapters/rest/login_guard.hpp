// Whether a login may be tried, by where it comes from and whom it is for. An address that guesses is slowed
// down; so is guessing of one user from many addresses. A user who has logged in from an address before is
// not slowed down there by what others do elsewhere: else anybody could keep a user out. Tokens that have
// been given go on to work in any case. Bounded. Shard's thread.
#pragma once

#include <cstddef>
#include <list>
#include <set>
#include <string>
#include <string_view>

#include "adapters/rest/login_limit.hpp"

namespace rest {

class LoginGuard {
public:
    static constexpr std::size_t max_known_places = 10'000;  // the oldest is forgotten first

    /// A login that is under way. It counts as failed until something better is known, so that nobody gets
    /// more tries by making them side by side.
    struct Attempt {
        std::string network;
        std::string user;
        bool counts_for_user;
    };

    /// How long this login has to wait; zero: it may be tried.
    gateway::Duration wait(std::string_view address, std::string_view user, gateway::TimePoint now) const;
    Attempt begin(std::string_view address, std::string_view user, gateway::TimePoint now);
    void succeeded(const Attempt& attempt, gateway::TimePoint now);
    /// Nobody has said whether the credentials are right.
    void came_to_nothing(const Attempt& attempt, gateway::TimePoint now);

private:
    static std::string place_of(std::string_view network, std::string_view user);

    LoginLimit addresses_{address_allowance};
    LoginLimit users_{user_allowance};
    std::set<std::string, std::less<>> known_places_;  // "network user"
    std::list<std::string> known_in_order_;            // the same, the oldest first
};

}  // namespace rest
