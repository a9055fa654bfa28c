// What makes a happn server a happner node: the schema documents, and the components that the gateway
// provides. A client calls one by a `set` on /_exchange/requests/<node>/<component>/<method>; the call runs
// as a route of the table, or is answered by a built-in component, and its answer is published on the
// callback address, to the calling session alone. A session that has gone takes its pending calls with it.
// Owned by the Node; shard's thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/happn/node/builtin_components.hpp"
#include "adapters/happn/node/hub.hpp"
#include "gateway/dispatcher.hpp"
#include "gateway/identity.hpp"
#include "gateway/mesh.hpp"

namespace happn::node {

class MeshLayer {
public:
    MeshLayer(Hub& hub, gateway::Dispatcher& dispatcher, gateway::GatewayIdentity identity);

    /// Stores the documents and publishes them if they have changed.
    void apply(const gateway::RoutingTable& table);

    /// An exchange request that has been published. Malformed ones are dropped and counted, as happner does.
    void on_request(const Published& request);

    /// A call from inside the gateway. `hops`: see gateway::Origin.
    void call(gateway::MeshCall call, int hops, std::function<void(gateway::Outcome)> done);

    /// From here on clients' calls of the gateway's components are answered as Unavailable.
    void drain() { draining_ = true; }

    const std::shared_ptr<const gateway::MeshDescription>& description() const { return description_; }

private:
    /// Who waits for an answer, and where.
    struct Caller {
        SessionNumber session = 0;
        std::string address;
    };

    std::string refusal(const RequestPath& path, const Published& request) const;
    const BuiltinComponents::Method* builtin(std::string_view component, std::string_view method) const;
    void run(const gateway::Route& route, const Published& request, const RequestPath& path, Caller caller);
    void answer(const Caller& caller, std::string_view data);
    void store(std::string_view path, std::string document);

    Hub& hub_;
    gateway::Dispatcher& dispatcher_;
    gateway::GatewayIdentity identity_;
    BuiltinComponents builtins_;
    std::shared_ptr<const gateway::MeshDescription> description_;
    bool draining_ = false;
    std::shared_ptr<MeshLayer*> self_;  // answers may come after the node has gone
};

/// {"username":"_ADMIN","id":...}: whose the gateway's own publications are.
std::string gateway_origin(const State& state);

/// A response as the `data` of an exchange answer: {"status":"ok","args":[null,x]} or
/// {"status":"error","args":[error]}.
std::string exchange_answer(const gateway::Response& response);

}  // namespace happn::node
