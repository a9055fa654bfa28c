// The gateway as a client of its own node, in process: what the routes' `happn: set | get | remove` targets
// do there. Owned by the Node; shard's thread.
#pragma once

#include "adapters/happn/node/hub.hpp"
#include "gateway/identity.hpp"
#include "gateway/ports.hpp"
#include "gateway/route.hpp"

namespace happn::node {

class GatewayClient {
public:
    GatewayClient(Hub& hub, std::string gateway_id) : hub_{hub}, gateway_id_{std::move(gateway_id)} {}

    /// Done when it returns: stored, and handed to every subscriber's connection.
    gateway::Outcome perform(const gateway::Output& output, const gateway::HappnTarget& target);

private:
    gateway::Outcome set(const gateway::Output& output, const gateway::HappnTarget& target);
    gateway::Outcome get(const gateway::Output& output, const gateway::HappnTarget& target) const;
    gateway::Outcome remove(const gateway::Output& output, const gateway::HappnTarget& target);
    void publish(Publication publication, const gateway::Output& output, const gateway::HappnTarget& target);

    Hub& hub_;
    std::string gateway_id_;
};

}  // namespace happn::node
