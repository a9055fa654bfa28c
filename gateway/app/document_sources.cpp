#include "gateway/app/document_sources.hpp"

#include <iostream>
#include <utility>

namespace gateway::app {
namespace {

constexpr int failed = 1;
constexpr int usage = 2;
constexpr Duration live_patience = std::chrono::seconds{10};  // to connect, log in and be told

int misused(std::string_view command, std::string_view why) {
    std::cerr << command << ": " << why << '\n';
    return usage;
}

}  // namespace

std::variant<DocumentSources, int> document_sources(std::string_view command,
                                                    const DocumentOptions& options) {
    if (options.sources.config.empty() && options.sources.mappings.empty())
        return misused(command, "name a configuration with --config, or mapping files");
    if (options.live && options.sources.config.empty())
        return misused(command, "--live needs a configuration that says where the mesh is: --config");
    Compiled compiled = compile(options.sources);
    print_findings(compiled.findings, std::cerr);
    if (!compiled.mappings.table) return failed;
    DocumentSources sources{std::move(compiled.mappings.table), std::move(compiled.settings), std::nullopt};
    if (!options.live) return sources;
    configure_log("error", LogFormat::text);
    auto live = ask_live_mesh(*sources.settings, live_patience);
    if (live.has_error()) {
        std::cerr << command << ": --live: the mesh '" << sources.settings->rest.mesh
                  << "' cannot be asked: " << live.error().message << '\n';
        return failed;
    }
    sources.live = *std::move(live);
    return sources;
}

}  // namespace gateway::app
