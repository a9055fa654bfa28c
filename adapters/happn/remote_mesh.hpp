// A happn mesh that the gateway has joined as a client. The service session carries the table's subscriptions
// and all that is done as the gateway itself, and reconnects for ever; each user of a secure mesh has a
// session of its own. On the shard's thread. The mesh is the authority: it refuses, and its refusal is handed
// on.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "gateway/dispatcher.hpp"
#include "gateway/identity.hpp"
#include "gateway/mesh.hpp"
#include "gateway/metrics.hpp"
#include "gateway/settings.hpp"

namespace happn {

class JoinedMesh;

class RemoteMesh final : public gateway::Mesh {
public:
    RemoteMesh(boost::asio::io_context& io,
               gateway::MeshSettings settings,
               gateway::GatewayIdentity identity,
               gateway::Dispatcher& dispatcher,
               gateway::Metrics& metrics);
    ~RemoteMesh() override;

    /// Connects, and stays connected. apply() may come before or after.
    void start();
    /// Closes all sessions; what waits fails with Unavailable. Final.
    void stop();

    // gateway::Sink
    void deliver(gateway::DeliveryId id, gateway::Output output) override;
    void forget(gateway::DeliveryId id) override;
    std::optional<gateway::StreamItem> next_stored(gateway::DeliveryId id) override;
    void bring_kept(const gateway::Route& route, gateway::KeptReader reader) override;
    // gateway::Source
    void apply(std::shared_ptr<const gateway::RoutingTable> table) override;
    gateway::ConnectionState state() const override;
    // gateway::Mesh
    std::string node_name() const override;
    gateway::Security security() const override;
    std::shared_ptr<const gateway::MeshDescription> description() const override;
    void login(gateway::Login login, std::function<void(gateway::Result<gateway::Secret>)> done) override;
    void authenticate(gateway::Principal who,
                      gateway::TimePoint deadline,
                      std::function<void(gateway::Result<gateway::Principal>)> done) override;
    std::string user_of(const gateway::Secret& token) const override;
    void session_of(gateway::Principal who,
                    gateway::TimePoint deadline,
                    std::function<void(gateway::Result<gateway::Bytes>)> done) override;
    void may_call(gateway::MeshRight right, std::function<void(std::optional<gateway::Error>)> done) override;
    void refresh_description(gateway::TimePoint deadline,
                             std::function<void(std::optional<gateway::Error>)> done) override;
    void logout(gateway::Principal who,
                gateway::TimePoint deadline,
                std::function<void(std::optional<gateway::Error>)> done) override;
    void call(gateway::MeshCall call, std::function<void(gateway::Outcome)> done) override;
    void describe(
        gateway::Principal who,
        gateway::TimePoint deadline,
        std::function<void(gateway::Result<std::shared_ptr<const gateway::MeshDescription>>)> done) override;

    /// User sessions at this moment.
    std::size_t user_sessions() const;

private:
    std::unique_ptr<JoinedMesh> joined_;
};

}  // namespace happn
