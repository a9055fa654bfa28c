#include "adapters/happn/remote_mesh.hpp"

#include <utility>

#include "adapters/happn/joined_mesh.hpp"

namespace happn {

namespace asio = boost::asio;
using gateway::DeliveryId;
using gateway::Error;
using gateway::Outcome;
using gateway::Output;
using gateway::Principal;
using gateway::Result;

RemoteMesh::RemoteMesh(asio::io_context& io,
                       gateway::MeshSettings settings,
                       gateway::GatewayIdentity identity,
                       gateway::Dispatcher& dispatcher,
                       gateway::Metrics& metrics)
    : joined_{
          std::make_unique<JoinedMesh>(io, std::move(settings), std::move(identity), dispatcher, metrics)} {}

RemoteMesh::~RemoteMesh() {
    joined_->stop();
}

void RemoteMesh::start() {
    joined_->start();
}

void RemoteMesh::stop() {
    joined_->stop();
}

void RemoteMesh::forget(DeliveryId id) {
    joined_->forget(id);
}

std::optional<gateway::StreamItem> RemoteMesh::next_stored(DeliveryId id) {
    return joined_->next_stored(id);
}

void RemoteMesh::bring_kept(const gateway::Route& route, gateway::KeptReader reader) {
    joined_->bring_kept(std::get<gateway::HappnSource>(route.source), std::move(reader));
}

void RemoteMesh::deliver(DeliveryId id, Output output) {
    joined_->deliver(id, std::move(output));
}

void RemoteMesh::apply(std::shared_ptr<const gateway::RoutingTable> table) {
    joined_->apply(*table);
}

gateway::ConnectionState RemoteMesh::state() const {
    return joined_->state();
}

std::string RemoteMesh::node_name() const {
    return joined_->service().facts().node_name;
}

gateway::Security RemoteMesh::security() const {
    using gateway::Security;
    const auto& service = joined_->service();
    if (!service.known()) {
        return Security::unknown;
    }
    return service.facts().secure ? Security::secure : Security::insecure;
}

std::shared_ptr<const gateway::MeshDescription> RemoteMesh::description() const {
    return joined_->service().description();
}

void RemoteMesh::login(gateway::Login login, std::function<void(Result<gateway::Secret>)> done) {
    joined_->login(login, std::move(done));
}

void RemoteMesh::authenticate(Principal who,
                              gateway::TimePoint deadline,
                              std::function<void(Result<Principal>)> done) {
    joined_->authenticate(std::move(who), deadline, std::move(done));
}

std::string RemoteMesh::user_of(const gateway::Secret& token) const {
    return joined_->users().user_of(token);
}

void RemoteMesh::session_of(Principal who,
                            gateway::TimePoint deadline,
                            std::function<void(Result<gateway::Bytes>)> done) {
    joined_->session_of(who, deadline, std::move(done));
}

void RemoteMesh::may_call(gateway::MeshRight right, std::function<void(std::optional<Error>)> done) {
    joined_->may_call(std::move(right), std::move(done));
}

void RemoteMesh::refresh_description(gateway::TimePoint deadline,
                                     std::function<void(std::optional<Error>)> done) {
    joined_->refresh_description(deadline, std::move(done));
}

void RemoteMesh::logout(Principal who,
                        gateway::TimePoint deadline,
                        std::function<void(std::optional<Error>)> done) {
    joined_->logout(who, deadline, std::move(done));
}

void RemoteMesh::call(gateway::MeshCall call, std::function<void(Outcome)> done) {
    joined_->call(std::move(call), std::move(done));
}

void RemoteMesh::describe(Principal who,
                          gateway::TimePoint deadline,
                          std::function<void(Result<std::shared_ptr<const gateway::MeshDescription>>)> done) {
    joined_->describe(who, deadline, std::move(done));
}

std::size_t RemoteMesh::user_sessions() const {
    return joined_->users().size();
}

}  // namespace happn
