// Slows down guessing: a key (an address, a user) may have a few tries at once that are under way or have
// failed, and after that one in an interval; what comes sooner is refused unasked. A try counts from its
// begin, so that nobody gets more tries by making them side by side; one that does not fail costs nothing.
// Bounded in keys: when full, the one that is nearest to being forgiven makes room; tries under way are
// bounded by the requests that wait for them. Shard's thread.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/clock.hpp"

namespace rest {

struct FailureAllowance {
    int at_once;
    gateway::Duration interval;
};

/// Of one address, for logins and, counted apart, for tokens.
inline constexpr FailureAllowance address_allowance{10, std::chrono::seconds{1}};
/// Of one user, from all addresses that this user has not logged in from before.
inline constexpr FailureAllowance user_allowance{20, std::chrono::seconds{3}};

class LoginLimit {
public:
    static constexpr std::size_t max_keys = 10'000;
    static constexpr std::size_t max_key_size = 256;  // longer ones count as one, as far as they are equal

    explicit LoginLimit(FailureAllowance allowance = address_allowance) : allowance_{allowance} {}

    /// How long this key has to wait; zero: it may try. With tries under way it may be longer in the end.
    gateway::Duration wait(std::string_view key, gateway::TimePoint now) const;
    bool allows(std::string_view key, gateway::TimePoint now) const {
        return wait(key, now) <= gateway::Duration::zero();
    }
    /// A try has begun; each ends once.
    void begin(std::string_view key);
    void end(std::string_view key);
    /// A try has failed; it still has to end.
    void failed(std::string_view key, gateway::TimePoint now);

    /// Keys that are remembered for what has failed.
    std::size_t size() const { return paid_at_.size(); }

private:
    using Entries = std::map<std::string, gateway::TimePoint, std::less<>>;
    void set(const std::string& key, gateway::TimePoint paid);
    void forget(Entries::iterator entry);

    FailureAllowance allowance_;
    std::map<std::string, int, std::less<>> under_way_;
    Entries paid_at_;                                                // when all failures are paid for
    std::set<std::pair<gateway::TimePoint, std::string>> in_order_;  // the same, the soonest first
};

/// One try, from its begin to its end: it is under way as long as this exists.
class Try {
public:
    Try(std::shared_ptr<LoginLimit> limit, std::string_view key) : limit_{std::move(limit)}, key_{key} {
        limit_->begin(key_);
    }
    ~Try() { limit_->end(key_); }
    Try(const Try&) = delete;
    Try& operator=(const Try&) = delete;

    /// Counts once, however many have waited for it.
    void failed(gateway::TimePoint now) {
        if (!std::exchange(failed_, true)) limit_->failed(key_, now);
    }

private:
    std::shared_ptr<LoginLimit> limit_;
    std::string key_;
    bool failed_ = false;
};

/// An address as it is limited: of IPv6 the network of 64 bits, as that is what one subscriber gets
/// (RFC 6177); IPv4 in IPv6 is IPv4. What is no address stands for itself.
std::string network_of(std::string_view address);

}  // namespace rest
