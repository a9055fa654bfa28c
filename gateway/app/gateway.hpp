// The composition root: makes one shard, the embedded node, the meshes, the brokers and the listeners out of
// the settings, and ties them to the core. The only class that knows every adapter. Start and stop run in
// opposite order.
#pragma once

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/admin/server.hpp"
#include "adapters/happn/node/node.hpp"
#include "adapters/happn/remote_mesh.hpp"
#include "adapters/mqtt/mqtt_broker.hpp"
#include "adapters/rest/front_door.hpp"
#include "adapters/services/services.hpp"
#include "config/settings.hpp"
#include "gateway/identity.hpp"
#include "gateway/shard.hpp"
#include "gateway/spool/letter_box.hpp"
#include "gateway/spool/spool.hpp"
#include "gateway/spool/spool_file.hpp"

namespace gateway::app {

class Gateway final : private SinkDirectory {
public:
    using Table = std::shared_ptr<const RoutingTable>;
    /// Compiles the mapping files again; null: they have errors, which it has reported.
    using Recompile = std::function<Table()>;

    Gateway(config::Settings settings, Table table, Recompile recompile);
    ~Gateway() override;

    /// Binds the listeners and runs on the calling thread until SIGTERM or SIGINT has been answered by a
    /// drain. Throws std::runtime_error if a listener cannot be bound.
    void run();

private:
    Sink* broker(std::string_view name) override;
    Sink* mesh(std::string_view name) override;
    Sink* services() override { return services_.get(); }

    void make_edges();
    void make_spool();
    void make_node();
    void start_edges();
    void start_brokers_when_due();
    void start_admin();
    void listen_for_signals();
    void await_signal();
    void apply(const Table& table);
    void reload();
    void look();
    void drain();
    void end_streams();
    void drain_brokers();
    void finish();
    void fail_pending();
    void end_when_closed();
    void wake_spool(const admin::Readiness& readiness);
    void gauge_spool();
    ConnectionState spool_state() const;
    Pending pending();
    std::vector<ConnectionState> connections() const;
    Mesh& addressed_mesh();
    std::unique_ptr<admin::Server> make_admin(admin::ServerOptions options);

    config::Settings settings_;
    GatewayIdentity identity_;
    Recompile recompile_;
    Table table_;
    Shard shard_;
    std::unique_ptr<spool::SpoolFile> spool_file_;  // null: none is configured
    std::unique_ptr<spool::Spool> spool_;
    std::unique_ptr<spool::LetterBox> letter_box_;
    std::unique_ptr<happn::Node> node_;
    std::map<std::string, std::unique_ptr<happn::RemoteMesh>, std::less<>> meshes_;
    std::map<std::string, std::unique_ptr<mqtt::Broker>, std::less<>> brokers_;
    std::unique_ptr<services::Services> services_;
    std::unique_ptr<rest::FrontDoor> front_door_;
    std::unique_ptr<admin::Server> admin_;
    std::unique_ptr<admin::Server> health_;
    boost::asio::signal_set signals_;
    std::optional<TimePoint> brokers_due_;  // until they are started
    bool was_ready_ = false;
    std::size_t were_ready_ = 0;  // connections
    bool draining_ = false;
    TimePoint drain_until_;
    bool closing_ = false;
    TimePoint close_until_;
    std::size_t closing_brokers_ = 0;
};

}  // namespace gateway::app
