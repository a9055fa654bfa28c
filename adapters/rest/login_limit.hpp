// Slows down guessing: failed logins are counted per address, and beyond a few in a short time further ones
// are refused unasked. Tokens that the mesh refuses are counted alike, apart from logins. Bounded in
// addresses. Shard's thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/clock.hpp"
#include "gateway/error.hpp"

namespace rest {

class LoginLimit {
public:
    static constexpr int max_failures = 10;  // per address and window
    static constexpr gateway::Duration window = std::chrono::seconds{10};
    static constexpr std::size_t max_addresses = 10'000;

    bool allows(std::string_view address, gateway::TimePoint now);
    void failed(std::string_view address, gateway::TimePoint now);

private:
    struct Failures {
        int count = 0;
        gateway::TimePoint since;
    };
    std::map<std::string, Failures, std::less<>> failures_;
};

/// One request's use of a token, or of none. Callbacks keep a copy: it may outlive the surface.
class TokenAttempt {
public:
    TokenAttempt() = default;  // no token: always allowed, never counted
    TokenAttempt(std::shared_ptr<LoginLimit> limit, std::string_view address)
        : limit_{std::move(limit)}, address_{address} {}

    bool allowed() const { return !limit_ || limit_->allows(address_, gateway::Clock::now()); }
    /// The mesh's error counts if it says that the token is not known.
    void failed(const gateway::Error& error) const {
        if (limit_ && error.errc == gateway::Errc::unauthorized)
            limit_->failed(address_, gateway::Clock::now());
    }

private:
    std::shared_ptr<LoginLimit> limit_;
    std::string address_;
};

}  // namespace rest
