// Slows down guessing: a key (an address, a user) may fail a few times at once, and after that once in an
// interval; what comes sooner is refused unasked. Failures that came at once, side by side, are paid for one
// after the other, up to a limit, so that nobody is locked out for good. Bounded in keys: when full, the one
// that is nearest to being forgiven makes room. Shard's thread.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/clock.hpp"
#include "gateway/error.hpp"
#include "gateway/mesh.hpp"

namespace rest {

struct FailureAllowance {
    int at_once;
    gateway::Duration interval;
    gateway::Duration longest_wait;
};

/// Of one address, for logins and, counted apart, for tokens.
inline constexpr FailureAllowance address_allowance{10, std::chrono::seconds{1}, std::chrono::minutes{1}};
/// Of one user, from all addresses that this user has not logged in from before.
inline constexpr FailureAllowance user_allowance{20, std::chrono::seconds{3}, std::chrono::seconds{30}};

class LoginLimit {
public:
    static constexpr std::size_t max_keys = 10'000;
    static constexpr std::size_t max_key_size = 256;  // longer ones count as one, as far as they are equal

    explicit LoginLimit(FailureAllowance allowance = address_allowance) : allowance_{allowance} {}

    /// How long this key has to wait; zero: it may try.
    gateway::Duration wait(std::string_view key, gateway::TimePoint now) const;
    bool allows(std::string_view key, gateway::TimePoint now) const {
        return wait(key, now) <= gateway::Duration::zero();
    }
    void failed(std::string_view key, gateway::TimePoint now);
    /// One of its failures was none.
    void forgive(std::string_view key, gateway::TimePoint now);

    std::size_t size() const { return paid_at_.size(); }

private:
    using Entries = std::map<std::string, gateway::TimePoint, std::less<>>;
    void set(const std::string& key, gateway::TimePoint paid);
    void forget(Entries::iterator entry);

    FailureAllowance allowance_;
    Entries paid_at_;                                                // when all failures are paid for
    std::set<std::pair<gateway::TimePoint, std::string>> in_order_;  // the same, the soonest first
};

/// An address as it is limited: of IPv6 the network of 64 bits, as that is what one subscriber gets
/// (RFC 6177); IPv4 in IPv6 is IPv4. What is no address stands for itself.
std::string network_of(std::string_view address);

/// One request's use of a token, or of none. Callbacks keep a copy: it may outlive the surface.
class TokenAttempt {
public:
    TokenAttempt() = default;  // no token: always allowed, never counted
    TokenAttempt(std::shared_ptr<LoginLimit> limit, std::string_view address)
        : limit_{std::move(limit)}, network_{network_of(address)} {}

    /// How long this has to wait before the mesh is asked; zero: it need not. A token that the mesh has
    /// lately accepted is no guess, whatever others send from the same address.
    gateway::Duration wait(const gateway::Mesh& mesh, const gateway::Principal& who) const {
        if (!limit_) return gateway::Duration::zero();
        const auto wait = limit_->wait(network_, gateway::Clock::now());
        return wait > gateway::Duration::zero() && mesh.user_of(*who.token).empty()
                   ? wait
                   : gateway::Duration::zero();
    }
    /// The mesh's error counts if it says that the token is not known.
    void failed(const gateway::Error& error) const {
        if (limit_ && error.errc == gateway::Errc::unauthorized)
            limit_->failed(network_, gateway::Clock::now());
    }

private:
    std::shared_ptr<LoginLimit> limit_;
    std::string network_;
};

}  // namespace rest
