// Runs the `tests:` of mapping files through the real router and dispatcher, with sinks that record what they
// are given and answer as mocked. No network, no waiting. For the command line and for the samples' own
// tests.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gateway/routing_table.hpp"
#include "mappings/test_case.hpp"

namespace mappings {

struct TestResult {
    std::string name;
    std::string place;  // file:line:column
    bool passed = false;
    std::string difference;  // lines for people; empty if passed
    double seconds = 0;
};

struct TestReport {
    std::vector<TestResult> results;
    std::size_t routes = 0;
    std::vector<std::string> untested;  // routes that no test's message took

    std::size_t passed() const;
    std::size_t failed() const;
};

/// Those whose name matches the regular expression (POSIX extended) somewhere; fails with BadRequest if it is
/// none.
gateway::Result<std::vector<TestCase>> select_tests(std::vector<TestCase> tests, const std::string& regex);

TestReport run_tests(const std::shared_ptr<const gateway::RoutingTable>& table,
                     const std::vector<TestCase>& tests);

/// One line a test, differences of those that failed, coverage of routes, `N passed, N failed`.
std::string report_text(const TestReport& report);

/// A JUnit XML file.
std::string report_junit(const TestReport& report);

}  // namespace mappings
