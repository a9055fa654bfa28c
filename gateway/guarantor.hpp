// The port of who keeps messages of at-least-once routes until they are delivered. On the shard's thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gateway/ending.hpp"
#include "gateway/message.hpp"
#include "gateway/route.hpp"

namespace gateway {

class Guarantor {
public:
    virtual ~Guarantor() = default;

    /// The routes that must deliver the message, by their table; none, and it need not be kept any longer.
    /// `kept`: its id, if it has been kept where it came in; 0: not yet.
    virtual void take(std::int64_t kept, Message message, const std::vector<const Route*>& routes) = 0;

    /// Of Dispatcher::attempt. `error`: what the target, or the route itself, has said.
    virtual void on_attempt_ended(std::int64_t id,
                                  const Ending& ending,
                                  const std::optional<Error>& error) = 0;

    /// What all attempts at a message have in common, over restarts as well, and nobody else's: a slug.
    virtual std::string name_of(std::int64_t id) const = 0;
};

}  // namespace gateway
