// What the spool's file holds. Values.
#pragma once

#include <cstddef>
#include <limits>
#include <string>

#include "gateway/clock.hpp"
#include "gateway/message.hpp"
#include "gateway/spool/delivery_order.hpp"

namespace gateway::spool {

struct Limits {
    std::size_t messages = 1'000'000;           // dead letters included
    std::size_t bytes = std::size_t{1} << 30U;  // of their addresses and payloads
};

/// Dead letters beyond these are dropped, the earliest first.
struct LetterLimits {
    Duration max_age = std::chrono::hours{30 * 24};
    std::size_t max_messages = 100'000;
};

/// One message on one route.
struct Delivery {
    Id id = 0;
    Id message = 0;
    std::string route;
    std::string key;       // what its order is by
    WallTime expires = 0;  // 0: never
    int attempts = 0;      // begun
};

/// What an attempt needs.
struct Attempt {
    Delivery delivery;
    Message message;
    WallTime arrived = 0;
};

/// Of a dead letter among all: they are in the order of their deaths.
struct Grave {
    WallTime died = 0;
    Id id = 0;
};

/// Behind all of them.
inline constexpr Grave after_all{std::numeric_limits<WallTime>::max(), 0};

struct DeadLetter {
    Delivery delivery;
    Message message;               // the payload may have been cut
    std::size_t payload_size = 0;  // of all of it
    bool readable = true;          // false: `message` has no properties, as what is kept of them is damaged
    WallTime arrived = 0;
    WallTime died = 0;
    std::string stage;  // where it ended: decode, map, target ...
    std::string cause;  // in words

    Grave grave() const { return {died, delivery.id}; }
};

struct Usage {
    std::size_t messages = 0;
    std::size_t bytes = 0;
    std::size_t dead = 0;
};

}  // namespace gateway::spool
