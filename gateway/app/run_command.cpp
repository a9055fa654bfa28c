#include <iostream>
#include <utility>

#include "config/load.hpp"
#include "gateway/app/commands.hpp"
#include "gateway/app/gateway.hpp"
#include "gateway/app/loading.hpp"
#include "gateway/log.hpp"

namespace gateway::app {

int run_command(const std::string& config_file) {
    config::Loaded loaded = config::load(config_file);
    print_findings(loaded.findings, std::cerr);
    if (!loaded.settings) return 1;
    const config::Settings settings = *std::move(loaded.settings);
    configure_log(settings.log.level, settings.log.format);

    const auto compile = [settings] {
        mappings::Loaded compiled = mappings::load(files_of(settings), names_of(settings));
        config::Findings findings;
        findings.append(compiled.findings);
        print_findings(findings, std::cerr);
        return compiled.table;
    };
    const auto table = compile();
    if (!table) return 1;
    Gateway gateway{settings, table, compile};
    gateway.run();
    return 0;
}

}  // namespace gateway::app
