#include "mappings/mapping_test.hpp"

#include <regex.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <set>

#include "mappings/test_judgement.hpp"
#include "mappings/test_run.hpp"

namespace mappings {
namespace {

std::string xml_escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\n':
                out += "&#10;";
                break;
            default:
                out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
        }
    }
    return out;
}

/// A POSIX extended regular expression. (GCC 12 warns inside its own std::regex when sanitizers are on.)
class NamePattern {
public:
    explicit NamePattern(const std::string& text)
        : status_{regcomp(&compiled_, text.c_str(), REG_EXTENDED | REG_NOSUB)} {
        if (status_ == 0) return;
        std::array<char, 256> buffer{};
        regerror(status_, &compiled_, buffer.data(), buffer.size());
        problem_ = buffer.data();
    }
    NamePattern(const NamePattern&) = delete;
    NamePattern& operator=(const NamePattern&) = delete;
    ~NamePattern() {
        if (status_ == 0) regfree(&compiled_);
    }

    const std::string& problem() const { return problem_; }
    bool is_in(const std::string& name) const {
        return regexec(&compiled_, name.c_str(), 0, nullptr, 0) == 0;
    }

private:
    regex_t compiled_{};
    int status_ = 0;
    std::string problem_;
};

std::string seconds_text(double seconds) {
    auto text = std::to_string(seconds);
    return text.substr(0, text.find('.') + 4);
}

}  // namespace

std::size_t TestReport::passed() const {
    return static_cast<std::size_t>(std::ranges::count(results, true, &TestResult::passed));
}

std::size_t TestReport::failed() const {
    return results.size() - passed();
}

gateway::Result<std::vector<TestCase>> select_tests(std::vector<TestCase> tests, const std::string& regex) {
    const NamePattern wanted{regex};
    if (!wanted.problem().empty())
        return gateway::Error{gateway::Errc::bad_request, "not a regular expression: " + wanted.problem()};
    std::erase_if(tests, [&](const TestCase& test) { return !wanted.is_in(test.name); });
    return tests;
}

TestReport run_tests(const std::shared_ptr<const gateway::RoutingTable>& table,
                     const std::vector<TestCase>& tests) {
    TestReport report;
    std::set<std::string> taken;
    for (const auto& test : tests) {
        const auto start = std::chrono::steady_clock::now();
        const auto seen = run_test(table, test);
        TestResult result{test.name, test.place.text(), false, difference(test, seen), 0};
        result.passed = result.difference.empty();
        result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        taken.insert(seen.matched.begin(), seen.matched.end());
        report.results.push_back(std::move(result));
    }
    report.routes = table->routes().size();
    for (const auto& route : table->routes()) {
        if (!taken.contains(route.name)) report.untested.push_back(route.name);
    }
    return report;
}

std::string report_text(const TestReport& report) {
    std::string out;
    for (const auto& result : report.results) {
        out += (result.passed ? "ok    " : "FAIL  ") + result.name + "\n";
        if (!result.passed) out += "  " + result.place + "\n" + result.difference;
    }
    out += "routes: " + std::to_string(report.routes - report.untested.size()) + " of " +
           std::to_string(report.routes) + " tested\n";
    for (const auto& route : report.untested)
        out += "  untested: " + route + "\n";
    return out + std::to_string(report.passed()) + " passed, " + std::to_string(report.failed()) +
           " failed\n";
}

std::string report_junit(const TestReport& report) {
    std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"mappings\" tests=\"" +
                      std::to_string(report.results.size()) + "\" failures=\"" +
                      std::to_string(report.failed()) + "\">\n";
    for (const auto& result : report.results) {
        out += "  <testcase name=\"" + xml_escaped(result.name) + "\" classname=\"" +
               xml_escaped(result.place) + "\" time=\"" + seconds_text(result.seconds) + "\"";
        out += result.passed
                   ? "/>\n"
                   : ">\n    <failure message=\"" + xml_escaped(result.difference) + "\"/>\n  </testcase>\n";
    }
    return out + "</testsuite>\n";
}

}  // namespace mappings
