#include <iostream>

#include "gateway/app/commands.hpp"
#include "gateway/app/loading.hpp"
#include "gateway/routes_json.hpp"
#include "mappings/routes_listing.hpp"

namespace gateway::app {

int routes_command(const Sources& sources) {
    if (sources.config.empty() && sources.mappings.empty()) {
        std::cerr << "routes: name a configuration with --config, or mapping files\n";
        return 2;
    }
    const Compiled compiled = compile(sources);
    print_findings(compiled.findings, std::cerr);
    if (!compiled.mappings.table) return 1;
    if (sources.json) {
        std::cout << routes_json(*compiled.mappings.table) << '\n';
    } else {
        std::cout << mappings::routes_text(*compiled.mappings.table);
    }
    return 0;
}

}  // namespace gateway::app
