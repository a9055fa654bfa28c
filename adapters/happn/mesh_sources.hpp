// The routes that listen on one mesh: which channels its session must be subscribed to, and publications made
// into messages for the dispatcher. A new table is applied as a difference. The mesh's idea of a wildcard is
// never trusted: the dispatcher matches again. A publication that arrives by several overlapping channels is
// received once. On the shard's thread.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "adapters/happn/arrivals.hpp"
#include "adapters/happn/client_session.hpp"
#include "gateway/dispatcher.hpp"
#include "gateway/metrics.hpp"
#include "gateway/routing_table.hpp"

namespace happn {

class MeshSources {
public:
    MeshSources(std::string mesh,
                ClientSession& session,
                gateway::Dispatcher& dispatcher,
                gateway::Metrics& metrics);

    void apply(const gateway::RoutingTable& table);
    /// Channels asked for that the mesh has not confirmed, for /ready. Empty: all are.
    std::string missing() const;

private:
    using Wanted = std::map<std::string, bool>;  // channels, and whether what is stored comes first
    struct Listening {
        bool initial = false;
        ChannelListeners::Id id = 0;
    };

    Wanted wanted_by(const gateway::RoutingTable& table) const;
    ChannelListeners::Id listen(const std::string& channel, bool initial);
    bool came_before(const Publication& publication);
    void on_publication(const Publication& publication);

    std::string mesh_;
    ClientSession& session_;
    gateway::Dispatcher& dispatcher_;
    gateway::Metrics& metrics_;
    std::map<std::string, Listening> channels_;
    Arrivals arrivals_;
};

/// The message that a publication is to the core.
gateway::Message message_of(const Publication& publication, const std::string& mesh);

}  // namespace happn
