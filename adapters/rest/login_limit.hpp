// Slows down guessing: failed logins are counted per address, and beyond a few in a short time further ones
// are refused unasked. Bounded in addresses. Shard's thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "gateway/clock.hpp"

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

}  // namespace rest
