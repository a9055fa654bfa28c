#include <iostream>

#include "gateway/app/document_sources.hpp"
#include "gateway/documents/asyncapi.hpp"

namespace gateway::app {
namespace {

using documents::Connection;

constexpr const char* node_key = "node";

std::string authority(const Endpoint& endpoint) {
    const bool v6 = endpoint.host.find(':') != std::string::npos;
    return (v6 ? '[' + endpoint.host + ']' : endpoint.host) + ':' + std::to_string(endpoint.port);
}

/// "broker.example:1883" of "tcp://broker.example:1883".
std::string authority(std::string_view url) {
    if (const auto scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
    url = url.substr(0, url.find('/'));
    if (const auto user = url.rfind('@'); user != std::string_view::npos) url.remove_prefix(user + 1);
    return std::string{url};
}

Connection connection_of(const BrokerSettings& broker) {
    return {.kind = Connection::Kind::broker,
            .name = broker.name,
            .host = authority(broker.url),
            .protocol = "mqtt",
            .protocol_version = broker.version == 5 ? "5.0" : "3.1.1",
            .password = !broker.username.empty()};
}

Connection connection_of(const MeshSettings& mesh) {
    const MeshUrl& url = mesh.urls.front();
    return {.kind = Connection::Kind::mesh,
            .name = mesh.name,
            .host = authority(url.endpoint),
            .protocol = url.tls ? "wss" : "ws",
            .password = !mesh.username.empty()};
}

std::vector<Connection> connections_of(const DocumentSources& sources) {
    std::vector<Connection> all;
    if (!sources.settings) return all;
    for (const BrokerSettings& broker : sources.settings->brokers)
        all.push_back(connection_of(broker));
    for (const MeshSettings& mesh : sources.settings->meshes)
        all.push_back(connection_of(mesh));
    if (sources.settings->node.enabled && !sources.settings->listen.empty())
        all.push_back({.kind = Connection::Kind::mesh,
                       .name = node_key,
                       .host = authority(sources.settings->listen.front()),
                       .protocol = "ws",
                       .domain = sources.settings->node.name});
    for (Connection& one : all) {
        if (sources.live && one.kind == Connection::Kind::mesh && one.name == sources.settings->rest.mesh)
            one.domain = sources.live->description->domain;
    }
    return all;
}

}  // namespace

int asyncapi_command(const DocumentOptions& options) {
    const auto found = document_sources("asyncapi", options);
    if (const int* status = std::get_if<int>(&found)) return *status;
    const auto& sources = std::get<DocumentSources>(found);
    documents::AsyncApiView view{*sources.table, connections_of(sources), sources.title(), HG_VERSION};
    if (sources.live) {
        view.mesh = sources.live->description.get();
        view.mesh_name = sources.settings->rest.mesh;
    }
    std::cout << documents::asyncapi_document(view);
    return 0;
}

}  // namespace gateway::app
