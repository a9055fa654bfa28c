#include <iostream>

#include "adapters/rest/openapi/document.hpp"
#include "gateway/app/document_sources.hpp"

namespace gateway::app {
namespace {

using rest::openapi::Caller;

constexpr std::string_view node_key = "node";

/// The node asks nobody who they are; of a mesh only the mesh itself can tell.
Caller caller_of(const DocumentSources& sources) {
    if (sources.live) return sources.live->security == Security::insecure ? Caller::anybody : Caller::unknown;
    return sources.settings && sources.settings->rest.mesh == node_key ? Caller::anybody : Caller::unknown;
}

}  // namespace

int openapi_command(const DocumentOptions& options) {
    const auto found = document_sources("openapi", options);
    if (const int* status = std::get_if<int>(&found)) return *status;
    const auto& sources = std::get<DocumentSources>(found);
    const RestSettings rest = sources.settings ? sources.settings->rest : RestSettings{};
    const MeshDescription* mesh = sources.live ? sources.live->description.get() : nullptr;
    std::cout << rest::openapi::document(
        {*sources.table, mesh, rest, caller_of(sources), sources.title(), HG_VERSION, options.server},
        rest::openapi::Layout::indented);
    return 0;
}

}  // namespace gateway::app
