// Everything that RemoteMesh has of its mesh - the sessions, the routes that listen, the streams - and how a
// request finds the session it goes by. Owned by RemoteMesh; on the shard's thread. Its callbacks point to
// it: stop() it before it goes.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <optional>
#include <string>

#include "adapters/happn/mesh_feeds.hpp"
#include "adapters/happn/mesh_schema.hpp"
#include "adapters/happn/mesh_sources.hpp"
#include "adapters/happn/service_session.hpp"
#include "adapters/happn/target_requests.hpp"
#include "adapters/happn/user_sessions.hpp"
#include "gateway/dispatcher.hpp"
#include "gateway/identity.hpp"
#include "gateway/mesh.hpp"
#include "gateway/metrics.hpp"
#include "gateway/settings.hpp"

namespace happn {

class JoinedMesh {
public:
    using OnOutcome = std::function<void(gateway::Outcome)>;
    using OnRefusal = std::function<void(std::optional<gateway::Error>)>;
    using OnPrincipal = std::function<void(gateway::Result<gateway::Principal>)>;
    using OnSessionAccount = std::function<void(gateway::Result<gateway::Bytes>)>;
    using OnDescription = std::function<void(gateway::Result<DescriptionPtr>)>;

    JoinedMesh(boost::asio::io_context& io,
               gateway::MeshSettings settings,
               gateway::GatewayIdentity identity,
               gateway::Dispatcher& dispatcher,
               gateway::Metrics& metrics);

    void start() { service_.start(); }

    void stop() {
        stopped_ = true;
        feeds_.close_all();
        users_.close_all();
        service_.stop();
    }

    void apply(const gateway::RoutingTable& table) {
        sources_.apply(table);
        if (service_.ready()) dispatcher_.joined(name_of_connection());
    }
    gateway::ConnectionState state() const;
    const ServiceSession& service() const { return service_; }
    const UserSessions& users() const { return users_; }

    void deliver(gateway::DeliveryId id, gateway::Output output);
    void forget(gateway::DeliveryId id) { feeds_.forget(id); }
    std::optional<gateway::StreamItem> next_stored(gateway::DeliveryId id) { return feeds_.next_stored(id); }
    void bring_kept(const gateway::HappnSource& source, gateway::KeptReader reader);
    void call(gateway::MeshCall call, OnOutcome done);
    void may_call(gateway::MeshRight right, OnRefusal done);
    void refresh_description(gateway::TimePoint deadline, DescriptionReader::OnRead done);
    void login(const gateway::Login& login, UserSessions::OnToken done);
    void authenticate(gateway::Principal who, gateway::TimePoint deadline, OnPrincipal done);
    void session_of(const gateway::Principal& who, gateway::TimePoint deadline, OnSessionAccount done);
    void logout(const gateway::Principal& who, gateway::TimePoint deadline, OnRefusal done);
    void describe(const gateway::Principal& who, gateway::TimePoint deadline, OnDescription done);

private:
    void on_joined() {
        users_.follow(service_.session().destination(), service_.facts().protocol);
        feeds_.on_joined();
        dispatcher_.joined(name_of_connection());
    }
    void on_lost() {
        feeds_.on_lost(&service_.session());
        dispatcher_.lost(name_of_connection());
    }
    gateway::ConnectionName name_of_connection() const {
        return {gateway::ConnectionName::Kind::mesh, settings_.name};
    }
    bool uses_service(const gateway::Principal& who) const;
    void with_session(const gateway::Principal& who,
                      gateway::TimePoint deadline,
                      UserSessions::OnSession done);
    void check_session(const gateway::Principal& who, const std::optional<gateway::Error>& error);
    void deliver_request(gateway::DeliveryId id, const gateway::HappnTarget& rule, gateway::Output output);
    void send(gateway::DeliveryId id,
              const TargetRequest& request,
              const gateway::Output& output,
              ClientSession& session);
    void deliver_call(gateway::DeliveryId id, gateway::Output output);
    void send_call(gateway::DeliveryId id, gateway::Output output);
    const gateway::MethodDescription* method(const std::string& component, const std::string& name) const;
    void report(gateway::DeliveryId id, gateway::Outcome outcome) {
        dispatcher_.on_outcome(id, std::move(outcome));
    }

    boost::asio::io_context& io_;
    gateway::MeshSettings settings_;
    gateway::GatewayIdentity identity_;
    gateway::Dispatcher& dispatcher_;
    ServiceSession service_;
    UserSessions users_;
    MeshSources sources_;
    MeshFeeds feeds_;
    bool stopped_ = false;
};

}  // namespace happn
