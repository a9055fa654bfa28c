// The routes that listen on one mesh: which channels its session must be subscribed to, and publications made
// into messages for the dispatcher. A new table is applied as a difference. The mesh's idea of a wildcard is
// never trusted: the dispatcher matches again. A publication that arrives by several overlapping channels is
// received once. On the shard's thread.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "adapters/happn/arrivals.hpp"
#include "adapters/happn/session_fsm.hpp"
#include "gateway/dispatcher.hpp"
#include "gateway/metrics.hpp"
#include "gateway/routing_table.hpp"

namespace happn {

class MeshSources {
public:
    MeshSources(std::string mesh,
                SessionFsm& session,
                gateway::Dispatcher& dispatcher,
                gateway::Metrics& metrics);

    void apply(const gateway::RoutingTable& table);
    /// Channels asked for that the mesh has not confirmed, for /ready. Empty: all are.
    std::string missing() const;
    /// A channel that somebody else is subscribed to already is shared: its owner hands publications over
    /// here.
    void share(std::string channel) { shared_.insert(std::move(channel)); }
    void on_publication(const Publication& publication);

private:
    struct Wanted {
        bool initial = false;
        bool operator==(const Wanted&) const = default;
    };
    using Channels = std::map<std::string, Wanted>;

    Channels wanted_by(const gateway::RoutingTable& table) const;
    bool came_before(const Publication& publication);

    std::string mesh_;
    SessionFsm& session_;
    gateway::Dispatcher& dispatcher_;
    gateway::Metrics& metrics_;
    Channels channels_;
    std::set<std::string, std::less<>> shared_;
    Arrivals arrivals_;
};

/// The message that a publication is to the core.
gateway::Message message_of(const Publication& publication, const std::string& mesh);

}  // namespace happn
