#include <iostream>

#include "gateway/app/commands.hpp"
#include "gateway/app/count_of.hpp"
#include "gateway/app/loading.hpp"

namespace gateway::app {

int validate_command(const Sources& sources) {
    if (sources.config.empty() && sources.mappings.empty()) {
        std::cerr << "validate: name a configuration with --config, or mapping files\n";
        return 2;
    }
    const Compiled compiled = compile(sources);
    if (sources.json) {
        print_findings_json(compiled.findings, std::cout);
    } else {
        print_findings(compiled.findings, std::cout);
        if (compiled.findings.size() == 0)
            std::cout << "ok: " << count_of(compiled.mappings.table->routes().size(), "route")
                      << ", nothing to report\n";
    }
    return compiled.findings.has_errors() ? 1 : 0;
}

}  // namespace gateway::app
