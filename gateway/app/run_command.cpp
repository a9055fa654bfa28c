#include <iostream>
#include <utility>

#include "config/load.hpp"
#include "gateway/app/commands.hpp"
#include "gateway/app/file_limit.hpp"
#include "gateway/app/gateway.hpp"
#include "gateway/app/loading.hpp"
#include "gateway/log.hpp"

namespace gateway::app {

int run_command(const std::string& config_file) {
    config::Loaded loaded = config::load(config_file);
    print_findings(loaded.findings, std::cerr);
    if (!loaded.settings) return 1;
    config::Settings settings = *std::move(loaded.settings);
    configure_log(settings.log.level, settings.log.format);
    settings.limits.connections = connections_that_fit(settings.limits.connections);

    // A reload looks for mapping files anew, but routes still go by the connections that were made at the
    // start.
    const auto recompile = [config_file, names = names_of(settings)] {
        config::Loaded now = config::load(config_file);
        mappings::Loaded compiled;
        if (now.settings) compiled = mappings::load(files_of(*now.settings), names);
        now.findings.append(compiled.findings);
        print_findings(now.findings, std::cerr);
        return compiled.table;
    };
    const auto table = recompile();
    if (!table) return 1;
    Gateway gateway{settings, table, recompile};
    gateway.run();
    return 0;
}

}  // namespace gateway::app
