// Asks the mesh that `rest.mesh` names what it offers, as a client of it: the meshes' own credentials, or,
// where it is the gateway's node, a running gateway's listener. For commands; runs an event loop of its own
// until the mesh has answered.
#pragma once

#include <memory>

#include "config/settings.hpp"
#include "gateway/mesh.hpp"

namespace gateway::app {

struct LiveMesh {
    std::shared_ptr<const MeshDescription> description;
    Security security = Security::unknown;
};

/// Fails with Unavailable and what the mesh is missing, after `patience` at the latest.
Result<LiveMesh> ask_live_mesh(const config::Settings& settings, Duration patience);

}  // namespace gateway::app
