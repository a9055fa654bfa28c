// The embedded happner node: a happn server for JS clients on the gateway's listeners, and a mesh like any
// other for the routes. Insecure for now: every login succeeds. Shard's thread; one per gateway.
//
// What clients publish reaches routes, and what routes do reaches clients, one after the other: a publication
// that is made while another is being worked off waits for its turn (`inbox_`), so that routes that feed each
// other do not nest.
//
// The listener must not destroy a WebsocketPeer from within WebsocketLink::send or close, only later.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "adapters/happn/node/gateway_client.hpp"
#include "adapters/happn/node/hub.hpp"
#include "adapters/happn/node/mesh_layer.hpp"
#include "adapters/happn/node/node_feeds.hpp"
#include "gateway/dispatcher.hpp"
#include "gateway/identity.hpp"
#include "gateway/mesh.hpp"
#include "gateway/metrics.hpp"
#include "gateway/settings.hpp"
#include "gateway/websocket.hpp"

namespace happn {

class Node final : public gateway::Mesh, public gateway::WebsocketAcceptor {
public:
    Node(boost::asio::io_context& context,
         gateway::NodeSettings settings,
         const gateway::GatewayIdentity& identity,
         gateway::Dispatcher& dispatcher,
         gateway::Metrics& metrics,
         std::unique_ptr<node::Store> store = {});  // null: one in memory
    ~Node() override;

    void start();  // keepalive
    /// From here on no new calls and websockets: those under way go on. Before stop().
    void drain();
    void stop();  // closes every session; its client comes back when the next gateway listens

    // gateway::WebsocketAcceptor
    std::unique_ptr<gateway::WebsocketPeer> open(gateway::WebsocketLink& link,
                                                 const gateway::UpgradeRequest& request) override;
    std::size_t max_frame_bytes() const override;

    // gateway::Source and gateway::Sink
    void apply(std::shared_ptr<const gateway::RoutingTable> table) override;
    gateway::ConnectionState state() const override;
    void deliver(gateway::DeliveryId id, gateway::Output output) override;
    void forget(gateway::DeliveryId id) override;
    std::optional<gateway::StreamItem> next_stored(gateway::DeliveryId id) override {
        return feeds_.next_stored(id);
    }

    void bring_kept(const gateway::Route& route, gateway::KeptReader reader) override;

    // gateway::Mesh
    std::string node_name() const override { return name_; }
    gateway::Security security() const override { return gateway::Security::insecure; }
    std::shared_ptr<const gateway::MeshDescription> description() const override;
    void login(gateway::Login login, std::function<void(gateway::Result<gateway::Secret>)> done) override;
    void authenticate(gateway::Principal who,
                      gateway::TimePoint deadline,
                      std::function<void(gateway::Result<gateway::Principal>)> done) override;
    void call(gateway::MeshCall call, std::function<void(gateway::Outcome)> done) override;
    void describe(
        gateway::Principal who,
        gateway::TimePoint deadline,
        std::function<void(gateway::Result<std::shared_ptr<const gateway::MeshDescription>>)> done) override;

    std::size_t sessions() { return hub_.state().sessions.size(); }

private:
    class Peer;

    void schedule_tick();
    void work_off();
    void receive(node::Published published);
    void receive_acknowledged(gateway::Message message, std::string publication_id);
    void report_acknowledged();
    void subscribe_routes(const gateway::RoutingTable& table);
    void send_initial(const gateway::Route& route, const gateway::HappnSource& source);
    gateway::Result<std::vector<gateway::Message>> stored(const gateway::HappnSource& source);

    std::string name_;
    std::size_t max_message_;
    gateway::Duration tick_;
    gateway::Dispatcher& dispatcher_;
    boost::asio::steady_timer timer_;
    node::Hub hub_;
    node::MeshLayer mesh_layer_;
    node::GatewayClient client_;
    node::NodeFeeds feeds_;
    std::deque<node::Published> inbox_;
    std::unordered_map<gateway::DeliveryId, gateway::Outcome> unacknowledged_;
    std::vector<std::pair<gateway::DeliveryId, bool>> acknowledged_;  // by all, or not; to be reported
    std::shared_ptr<char> alive_ = std::make_shared<char>();          // receipts hold it weakly
    bool working_ = false;
    bool draining_ = false;
    std::set<std::string> routes_;  // of the table in force: name and channel of each that listens here
};

}  // namespace happn
