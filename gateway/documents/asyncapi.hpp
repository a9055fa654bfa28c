// What goes over brokers and meshes as an AsyncAPI 3.0 document. It describes the gateway: in the words of
// AsyncAPI the gateway *receives* what others publish for its routes, and *sends* what its routes publish or
// call. Slow path; pure. Credentials are never in it.
#pragma once

#include <string>
#include <vector>

#include "gateway/mesh.hpp"
#include "gateway/routing_table.hpp"

namespace gateway::documents {

/// A broker or mesh that routes name.
struct Connection {
    enum class Kind : std::uint8_t { broker, mesh };
    Kind kind = Kind::broker;
    std::string name;              // its key in the configuration
    std::string host;              // "127.0.0.1:1883"
    std::string protocol;          // "mqtt" "ws" "wss"
    std::string protocol_version;  // "5.0" "3.1.1"; empty: not said
    bool password = false;         // it is asked for
    std::string domain = {};       // of a mesh: the first level of its exchange paths; empty: not known
};

struct AsyncApiView {
    const RoutingTable& table;
    std::vector<Connection> connections;  // empty: the channels are not tied to servers
    std::string title;
    std::string version;
    /// What a mesh says of itself, where it has been asked: its methods become channels.
    const MeshDescription* mesh = nullptr;
    std::string mesh_name = {};
};

/// JSON text, indented; the same for the same routes and connections.
std::string asyncapi_document(const AsyncApiView& view);

}  // namespace gateway::documents
