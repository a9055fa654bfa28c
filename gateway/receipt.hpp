// A sender that waits for the outcome of what it has sent without asking for an answer: a publication of
// consistency "acknowledged" (protocol section 3). It is confirmed once everybody who was handed it has
// delivered it; where one of them fails, it never is, and the sender's own timeout says so. On the shard's
// thread.
#pragma once

#include <cstddef>
#include <functional>
#include <utility>

#include "gateway/metrics.hpp"

namespace gateway {

class Receipt {
public:
    /// `confirm` is called at most once. Whoever makes a receipt holds the first share of it, until the
    /// message has been handed out.
    explicit Receipt(std::function<void()> confirm) : confirm_{std::move(confirm)} {}

    /// One more has been handed the message.
    void share() { ++shares_; }
    /// One of them has come to an end with it. What a route filters out is done with.
    void end(Fate fate) {
        if (fate != Fate::delivered && fate != Fate::filtered) fail();
        if (--shares_ == 0 && !failed_) confirm_();
    }
    /// Somebody could not be handed it.
    void fail() { failed_ = true; }

private:
    std::function<void()> confirm_;
    std::size_t shares_ = 1;
    bool failed_ = false;
};

}  // namespace gateway
