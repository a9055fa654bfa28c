#include "gateway/app/live_mesh.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "adapters/happn/remote_mesh.hpp"
#include "gateway/app/running_gateway.hpp"
#include "gateway/identity.hpp"
#include "gateway/log.hpp"
#include "gateway/shard.hpp"

namespace gateway::app {
namespace {

constexpr std::size_t id_bytes = 8;
constexpr std::string_view node_key = "node";

/// Routes are none, so that nothing is ever sent.
class Nowhere final : public SinkDirectory {
    Sink* broker(std::string_view) override { return nullptr; }
    Sink* mesh(std::string_view) override { return nullptr; }
};

std::optional<MeshSettings> addressed(const config::Settings& settings) {
    const auto found = std::ranges::find(settings.meshes, settings.rest.mesh, &MeshSettings::name);
    if (found != settings.meshes.end()) return *found;
    if (settings.rest.mesh != node_key || settings.listen.empty() || settings.listen.front().port == 0)
        return std::nullopt;
    MeshSettings node;
    node.name = node_key;
    node.urls = {{reachable(settings.listen.front()), false}};
    return node;
}

/// On the shard's thread, which is this one.
Result<LiveMesh> ask(Shard& shard, happn::RemoteMesh& mesh, Duration patience) {
    std::optional<LiveMesh> found;
    std::string missing = "no answer";
    shard.on_beat([&, until = Clock::now() + patience] {
        const ConnectionState state = mesh.state();
        if (state.ready && mesh.description()) {
            found = LiveMesh{mesh.description(), mesh.security()};
        } else if (Clock::now() < until) {
            return;
        } else {
            missing = state.detail;
        }
        mesh.stop();
        shard.stop();
    });
    mesh.start();
    shard.run();
    if (!found) return Error{Errc::unavailable, std::move(missing)};
    return *std::move(found);
}

}  // namespace

Result<LiveMesh> ask_live_mesh(const config::Settings& settings, Duration patience) {
    auto wanted = addressed(settings);
    if (!wanted) return Error{Errc::unavailable, "there is no mesh at a fixed port to ask"};
    const GatewayIdentity identity{settings.name, random_hex(id_bytes), HG_VERSION};
    DispatcherOptions options;
    options.gateway_name = identity.name;
    options.gateway_id = identity.id;
    Nowhere nowhere;
    Shard shard{std::move(options), nowhere};
    happn::RemoteMesh mesh{
        shard.context(), *std::move(wanted), identity, shard.dispatcher(), shard.metrics()};
    mesh.apply(no_routes());
    return ask(shard, mesh, patience);
}

}  // namespace gateway::app
