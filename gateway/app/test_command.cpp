#include <fstream>
#include <iostream>

#include "gateway/app/commands.hpp"
#include "gateway/app/loading.hpp"
#include "mappings/mapping_test.hpp"

namespace gateway::app {

int test_command(const TestOptions& options) {
    Compiled compiled = compile({.config = {}, .mappings = options.mappings, .json = false});
    print_findings(compiled.findings, std::cerr);
    if (!compiled.mappings.table) return 1;
    auto tests = mappings::select_tests(std::move(compiled.mappings.tests), options.run);
    if (tests.has_error()) {
        std::cerr << "test: --run: " << tests.error().message << '\n';
        return 2;
    }
    const mappings::TestReport report = mappings::run_tests(compiled.mappings.table, *tests);
    std::cout << mappings::report_text(report);
    if (!options.junit.empty()) {
        std::ofstream file{options.junit};
        file << mappings::report_junit(report);
        if (!file.flush()) {
            std::cerr << "test: cannot write " << options.junit << '\n';
            return 1;
        }
    }
    return report.failed() == 0 ? 0 : 1;
}

}  // namespace gateway::app
