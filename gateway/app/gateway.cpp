#include "gateway/app/gateway.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include "gateway/app/count_of.hpp"
#include "gateway/app/dead_letter_desk.hpp"
#include "gateway/log.hpp"
#include "gateway/routes_json.hpp"

namespace gateway::app {
namespace {

constexpr std::size_t id_bytes = 8;
constexpr Duration probe_patience = std::chrono::seconds{2};  // what /ready and /metrics wait for the shard
constexpr Duration mesh_patience = std::chrono::seconds{2};   // before brokers are connected without them
constexpr Duration close_patience = std::chrono::seconds{2};  // for last answers to be written
constexpr std::string_view node_key = "node";
constexpr const char* spool_file_name = "messages.sqlite";

DispatcherOptions dispatcher_options(const config::Settings& settings, const GatewayIdentity& identity) {
    DispatcherOptions options;
    options.gateway_name = identity.name;
    options.gateway_id = identity.id;
    options.max_pending = settings.limits.pending;
    options.max_sync_values = settings.limits.sync_values;
    return options;
}

}  // namespace

Gateway::Gateway(config::Settings settings, Table table, Recompile recompile)
    : settings_{std::move(settings)},
      identity_{settings_.name, random_hex(id_bytes), HG_VERSION},
      recompile_{std::move(recompile)},
      table_{std::move(table)},
      shard_{dispatcher_options(settings_, identity_), *this},
      signals_{shard_.context()} {
    make_edges();
}

Gateway::~Gateway() = default;

Sink* Gateway::broker(std::string_view name) {
    const auto found = brokers_.find(name);
    return found == brokers_.end() ? nullptr : found->second.get();
}

Sink* Gateway::mesh(std::string_view name) {
    if (name == node_key) return node_.get();
    const auto found = meshes_.find(name);
    return found == meshes_.end() ? nullptr : found->second.get();
}

void Gateway::make_edges() {
    auto& context = shard_.context();
    settings_.node.max_message = settings_.limits.websocket_message;
    if (!settings_.spool.path.empty()) make_spool();
    if (settings_.node.enabled) make_node();
    for (const MeshSettings& mesh : settings_.meshes)
        meshes_.emplace(mesh.name,
                        std::make_unique<happn::RemoteMesh>(
                            context, mesh, identity_, shard_.dispatcher(), shard_.metrics()));
    for (const BrokerSettings& broker : settings_.brokers)
        brokers_.emplace(
            broker.name,
            std::make_unique<mqtt::Broker>(
                context, broker, identity_, shard_.dispatcher(), shard_.metrics(), spool_file_.get()));
    services_ = std::make_unique<services::Services>(
        context, settings_.services, identity_, shard_.dispatcher(), shard_.metrics());
    rest::FrontDoorSettings door;
    door.listen = settings_.listen;
    door.limits = settings_.limits;
    door.timeouts = settings_.timeouts;
    door.rest = settings_.rest;
    door.idempotency = settings_.idempotency;
    door.door = {settings_.proxies, settings_.client_limits, settings_.compression, settings_.log.access};
    door.title = identity_.name;
    door.version = identity_.version;
    front_door_ = std::make_unique<rest::FrontDoor>(
        context, std::move(door), shard_.dispatcher(), addressed_mesh(), node_.get(), shard_.metrics());
}

void Gateway::make_spool() {
    const std::filesystem::path directory{settings_.spool.path};
    std::error_code failed;
    std::filesystem::create_directories(directory, failed);
    if (failed) throw std::runtime_error{"spool.path: " + directory.string() + ": " + failed.message()};
    auto file = spool::SpoolFile::open((directory / spool_file_name).string(),
                                       {settings_.spool.max_messages, settings_.spool.max_bytes});
    if (file.has_error()) throw std::runtime_error{"spool.path: " + file.error().message};
    spool_file_ = *std::move(file);
    if (const std::string& aside = spool_file_->set_aside(); !aside.empty()) {
        log::error("spool: damaged, set aside and begun anew: {}", aside);
        shard_.metrics().count("spool_set_aside");
    }
    spool_ =
        std::make_unique<spool::Spool>(shard_.context(), *spool_file_, shard_.dispatcher(), shard_.metrics());
    letter_box_ = std::make_unique<spool::LetterBox>(*spool_file_, *spool_, shard_.metrics());
    shard_.dispatcher().guarantor(*spool_);
}

void Gateway::make_node() {
    auto store = happn::node::open_store(settings_.node);
    if (store.has_error()) throw std::runtime_error{"node.store: " + store.error().message};
    node_ = std::make_unique<happn::Node>(shard_.context(),
                                          settings_.node,
                                          identity_,
                                          shard_.dispatcher(),
                                          shard_.metrics(),
                                          *std::move(store));
}

Mesh& Gateway::addressed_mesh() {
    if (const auto found = meshes_.find(settings_.rest.mesh); found != meshes_.end()) return *found->second;
    if (node_) return *node_;
    throw std::runtime_error{"there is no mesh: enable the node, or name one under meshes"};
}

void Gateway::run() {
    listen_for_signals();
    apply(table_);
    front_door_->start();
    start_edges();
    if (spool_) spool_->recover();
    start_admin();
    shard_.on_beat([this] { look(); });
    shard_.run();
    if (admin_) admin_->stop();
    if (health_) health_->stop();
}

void Gateway::start_edges() {
    if (node_) node_->start();
    for (auto& [name, mesh] : meshes_)
        mesh->start();
    brokers_due_ = Clock::now() + mesh_patience;
    start_brokers_when_due();
}

/// After the meshes: a broker sends at once what it has kept for our session, and that has to go somewhere. A
/// mesh that is away holds nobody up for long.
void Gateway::start_brokers_when_due() {
    if (!brokers_due_) return;
    const bool joined =
        std::ranges::all_of(meshes_, [](const auto& mesh) { return mesh.second->state().ready; });
    if (!joined && Clock::now() < *brokers_due_) return;
    brokers_due_.reset();
    for (auto& [name, broker] : brokers_)
        broker->start();
}

std::unique_ptr<admin::Server> Gateway::make_admin(admin::ServerOptions options) {
    admin::Probes probes;
    probes.live = [this] { return shard_.alive(); };
    probes.ready = [this] {
        return shard_.ask([this] { return admin::readiness_of(connections()); }, probe_patience);
    };
    probes.metrics = [this] {
        return shard_.ask(
            [this] {
                gauge_spool();
                return shard_.metrics().text(connections(), pending());
            },
            probe_patience);
    };
    probes.routes = [this] { return shard_.ask([this] { return routes_json(*table_); }, probe_patience); };
    if (letter_box_) probes.dead_letters = dead_letter_desk(shard_, *letter_box_, probe_patience);
    auto server = std::make_unique<admin::Server>(std::move(options), std::move(probes));
    const auto port = server->start();
    if (port.has_error()) throw std::runtime_error{"admin listener: " + port.error().message};
    return server;
}

void Gateway::start_admin() {
    using Surface = admin::ServerOptions::Surface;
    if (settings_.admin)
        admin_ =
            make_admin({Surface::admin, settings_.admin->listen, settings_.admin->token, identity_.version});
    if (settings_.health)
        health_ = make_admin({Surface::health, settings_.health->listen, {}, identity_.version});
}

void Gateway::apply(const Table& table) {
    table_ = table;
    shard_.dispatcher().apply(table);
    if (node_) node_->apply(table);
    for (auto& [name, mesh] : meshes_)
        mesh->apply(table);
    for (auto& [name, broker] : brokers_)
        broker->apply(table);
}

void Gateway::listen_for_signals() {
    signals_.add(SIGTERM);
    signals_.add(SIGINT);
    signals_.add(SIGHUP);
    await_signal();
}

void Gateway::await_signal() {
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
        if (error) return;
        if (signal == SIGHUP) {
            reload();
        } else {
            drain();
        }
        await_signal();
    });
}

void Gateway::reload() {
    if (draining_) return log::warn("not reloaded: the gateway is stopping");
    front_door_->reload_certificates();
    if (const Table table = recompile_()) {
        apply(table);
        log::info("reloaded: {}", count_of(table->routes().size(), "route"));
    } else {
        log::error("not reloaded: the mapping files have errors; the routes stay as they were");
    }
}

/// Every beat: tell when the gateway becomes ready or stops being so; end a drain that is done.
void Gateway::look() {
    if (closing_) return end_when_closed();
    if (draining_) {
        const bool done = shard_.dispatcher().pending() == 0 && front_door_->active() == 0;
        if (done || Clock::now() >= drain_until_) return finish();
        end_streams();  // one more may have opened
        return drain_brokers();
    }
    start_brokers_when_due();
    const admin::Readiness readiness = admin::readiness_of(connections());
    wake_spool(readiness);
    if (readiness.ready == was_ready_) return;
    was_ready_ = readiness.ready;
    if (readiness.ready) {
        log::info("happn-gateway is ready");
    } else {
        for (const ConnectionState& connection : readiness.connections)
            if (connection.required && !connection.ready)
                log::warn("not ready: {} {}: {}", connection.kind, connection.name, connection.detail);
    }
}

/// Each beat: what waits for a connection need not wait longer than that, and brokers send again when there
/// is room.
void Gateway::wake_spool(const admin::Readiness& readiness) {
    if (!spool_) return;
    const auto ready =
        static_cast<std::size_t>(std::ranges::count_if(readiness.connections, &ConnectionState::ready));
    if (ready > std::exchange(were_ready_, ready)) spool_->connections_are_back();
    spool_->look();
    letter_box_->tidy(settings_.dead_letters, wall_now());
    for (auto& [name, broker] : brokers_)
        broker->look();
}

void Gateway::gauge_spool() {
    if (!spool_file_) return;
    const spool::Usage usage = spool_file_->usage();
    shard_.metrics().gauge("spool_messages", static_cast<double>(usage.messages));
    shard_.metrics().gauge("spool_bytes", static_cast<double>(usage.bytes));
    shard_.metrics().gauge("spool_dead", static_cast<double>(usage.dead));
}

Pending Gateway::pending() {
    Pending pending = shard_.dispatcher().pending_by_route();
    if (!spool_) return pending;
    for (const auto& [route, count] : spool_->pending())
        pending[route] += count;
    return pending;
}

ConnectionState Gateway::spool_state() const {
    const std::string& failing = spool_->failing();
    std::string detail = failing;
    if (failing.empty() && !spool_file_->set_aside().empty())
        detail = "a damaged one was set aside: " + spool_file_->set_aside();
    return {"spool", settings_.spool.path, true, failing.empty(), std::move(detail), 0};
}

std::vector<ConnectionState> Gateway::connections() const {
    std::vector<ConnectionState> states;
    if (node_) states.push_back(node_->state());
    for (const auto& [name, mesh] : meshes_)
        states.push_back(mesh->state());
    for (const auto& [name, broker] : brokers_)
        states.push_back(broker->state());
    if (spool_) states.push_back(spool_state());
    if (draining_) states.push_back({"gateway", identity_.name, true, false, "draining", 0});
    return states;
}

/// No new work comes in: no connection, no message, no call. What is in flight may finish. A second signal
/// ends the wait.
void Gateway::drain() {
    if (draining_) return finish();
    log::info("draining: {} messages in flight", shard_.dispatcher().pending());
    draining_ = true;
    drain_until_ = Clock::now() + settings_.timeouts.shutdown;
    front_door_->stop_accepting();
    if (spool_) spool_->stop();
    end_streams();
    if (node_) node_->drain();
    for (auto& [name, mesh] : meshes_)
        mesh->apply(no_routes());
    drain_brokers();
}

void Gateway::end_streams() {
    shard_.dispatcher().end_streams(Error{Errc::cancelled, "the gateway is stopping"});
}

void Gateway::drain_brokers() {
    for (auto& [name, broker] : brokers_)
        broker->drain();
}

/// Tells everybody still waiting, and gives those answers and the brokers' goodbyes a moment to leave.
void Gateway::finish() {
    if (closing_) return shard_.stop();
    closing_ = true;
    close_until_ = Clock::now() + close_patience;
    fail_pending();
    front_door_->close_idle();
    for (auto& [name, mesh] : meshes_)
        mesh->stop();
    if (node_) node_->stop();
    closing_brokers_ = brokers_.size();
    for (auto& [name, broker] : brokers_)
        broker->stop([this] { --closing_brokers_; });
}

void Gateway::fail_pending() {
    shard_.dispatcher().fail_all(Error{Errc::cancelled, "the gateway is stopping"});
}

void Gateway::end_when_closed() {
    const bool closed = front_door_->active() == 0 && closing_brokers_ == 0;
    if (!closed && Clock::now() < close_until_) return;
    front_door_->close_all();
    fail_pending();  // what had been read before the doors closed
    for (const std::string& broken : shard_.metrics().broken_sums(pending()))
        log::error("stopped with totals that do not add up: {}", broken);
    log::info("stopped");
    shard_.stop();
}

}  // namespace gateway::app
