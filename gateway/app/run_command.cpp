#include <exception>
#include <iostream>
#include <utility>

#include "config/load.hpp"
#include "gateway/app/commands.hpp"
#include "gateway/app/file_limit.hpp"
#include "gateway/app/gateway.hpp"
#include "gateway/app/loading.hpp"
#include "gateway/log.hpp"

namespace gateway::app {
namespace {

int run(const std::string& config_file, config::Settings settings) {
    settings.limits.connections = connections_that_fit(settings.limits.connections);

    // A reload looks for mapping files anew, but routes still go by the connections that were made at the
    // start.
    const auto recompile = [config_file, format = settings.log.format, names = names_of(settings)] {
        config::Loaded now = config::load(config_file);
        mappings::Loaded compiled;
        if (now.settings) compiled = mappings::load(files_of(*now.settings), names);
        now.findings.append(compiled.findings);
        log_findings(now.findings, format);
        return compiled.table;
    };
    const auto table = recompile();
    if (!table) return 1;
    Gateway gateway{settings, table, recompile};
    gateway.run();
    return 0;
}

}  // namespace

int run_command(const std::string& config_file) {
    config::Loaded loaded = config::load(config_file);
    if (!loaded.settings) {
        print_findings(loaded.findings, std::cerr);
        return 1;
    }
    const config::LogSettings log_settings = loaded.settings->log;
    configure_log(log_settings.level, log_settings.format);
    try {
        return run(config_file, *std::move(loaded.settings));
    } catch (const std::exception& error) {
        log::error("{}", error.what());
        return 1;
    }
}

}  // namespace gateway::app
