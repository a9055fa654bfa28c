// Whether a login may be tried, by where it comes from and whom it is for. An address that guesses is slowed
// down; so is guessing of one user from many addresses. A user who has logged in from an address before is
// not slowed down there by what others do elsewhere: else anybody could keep a user out. Tokens that have
// been given go on to work in any case. Bounded. Shard's thread.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "adapters/rest/login_limit.hpp"

namespace rest {

class LoginGuard {
public:
    static constexpr std::size_t max_known_places = 10'000;  // the oldest is forgotten first

    /// A login, which is under way until the last copy of this has gone. Callbacks keep one: it may outlive
    /// the guard. One that neither fails nor succeeds leaves nothing behind.
    class Attempt {
    public:
        /// The credentials are wrong.
        void failed(gateway::TimePoint now) const;

    private:
        friend class LoginGuard;
        std::string place_;
        std::shared_ptr<Try> of_address_;
        std::shared_ptr<Try> of_user_;  // null where the user is known
    };

    /// How long this login has to wait; zero: it may be tried.
    gateway::Duration wait(std::string_view address, std::string_view user, gateway::TimePoint now) const;
    Attempt begin(std::string_view address, std::string_view user);
    void succeeded(const Attempt& attempt);

private:
    static std::string place_of(std::string_view network, std::string_view user);

    std::shared_ptr<LoginLimit> addresses_ = std::make_shared<LoginLimit>(address_allowance);
    std::shared_ptr<LoginLimit> users_ = std::make_shared<LoginLimit>(user_allowance);
    std::set<std::string, std::less<>> known_places_;  // "network user"
    std::list<std::string> known_in_order_;            // the same, the oldest first
};

}  // namespace rest
