// The sink of all HTTP targets: limits for each host, a circuit that opens on failures, retries, redirects,
// cached answers. One per shard, on the shard's thread. Deadlines are the dispatcher's: it forgets what is
// late.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "gateway/identity.hpp"
#include "gateway/metrics.hpp"
#include "gateway/ports.hpp"
#include "gateway/settings.hpp"

namespace services {

/// Header names of requests to services.
inline constexpr const char* idempotency_header = "Idempotency-Key";

class Services final : public gateway::Sink {
public:
    Services(boost::asio::io_context& context,
             const gateway::ServiceSettings& settings,
             const gateway::GatewayIdentity& identity,
             gateway::Outcomes& outcomes,
             gateway::Metrics& metrics);
    ~Services() override;

    void deliver(gateway::DeliveryId id, gateway::Output output) override;
    void forget(gateway::DeliveryId id) override;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace services
