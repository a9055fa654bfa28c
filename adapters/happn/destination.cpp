#include "adapters/happn/destination.hpp"

#include "gateway/tls/client_tls.hpp"

namespace happn {

std::string Destination::authority() const {
    const bool v6 = endpoint.host.find(':') != std::string::npos;
    return (v6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" + std::to_string(endpoint.port);
}

std::string Destination::url() const {
    return (tls ? "wss://" : "ws://") + authority();
}

std::vector<Destination> destinations_of(const gateway::MeshSettings& mesh) {
    std::vector<Destination> destinations;
    for (const auto& url : mesh.urls) {
        Destination destination;
        destination.endpoint = url.endpoint;
        destination.max_message = mesh.max_message;
        if (url.tls) {
            destination.server_name = mesh.tls.server_name.empty() ? url.endpoint.host : mesh.tls.server_name;
            destination.tls =
                gateway::client_tls(mesh.tls, destination.server_name, "meshes." + mesh.name + ".tls");
        }
        destinations.push_back(std::move(destination));
    }
    return destinations;
}

}  // namespace happn
