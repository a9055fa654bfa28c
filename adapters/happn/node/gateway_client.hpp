// The gateway as a client of its own node, in process: what the routes' `happn: set | get | remove` targets
// do there. Owned by the Node; shard's thread.
#pragma once

#include "adapters/happn/node/hub.hpp"
#include "gateway/identity.hpp"
#include "gateway/ports.hpp"
#include "gateway/route.hpp"

namespace happn::node {

struct Performed {
    gateway::Outcome outcome;
    bool unacknowledged = false;  // subscribers have yet to acknowledge it (consistency: acknowledged)
};

class GatewayClient {
public:
    GatewayClient(Hub& hub, std::string gateway_id) : hub_{hub}, gateway_id_{std::move(gateway_id)} {}

    /// When it returns, it is stored, and handed to every subscriber's connection. `ticket`: State's
    /// on_acknowledged will name it if the result is unacknowledged.
    Performed perform(const gateway::Output& output,
                      const gateway::HappnTarget& target,
                      std::uint64_t ticket);

private:
    Performed set(const gateway::Output& output, const gateway::HappnTarget& target, std::uint64_t ticket);
    gateway::Outcome get(const gateway::Output& output, const gateway::HappnTarget& target) const;
    Performed remove(const gateway::Output& output, const gateway::HappnTarget& target, std::uint64_t ticket);
    Performed publish(Publication publication,
                      const gateway::Output& output,
                      const gateway::HappnTarget& target,
                      gateway::Outcome outcome);

    Hub& hub_;
    std::string gateway_id_;
};

}  // namespace happn::node
