// The commands of the program, as a person types them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/free_port.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/tree/tree.hpp"

namespace {

using namespace support;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

const std::string sample = source_tree("mappings/samples/smart-building.yaml");
const std::string configuration = source_tree("config/gateway.yaml");

struct Result {
    int status;
    std::string printed;  // both streams
    std::string output;   // standard output alone
};

Result gateway(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), gateway_program());
    Process process{{.arguments = std::move(arguments)}};
    const int status = process.wait();
    return {status, process.printed(), process.output()};
}

TEST(CommandLine, ValidateIsContentWithWhatIsShipped) {
    const Result result = gateway({"validate", "--config", configuration});
    EXPECT_EQ(result.status, 0) << result.printed;
    EXPECT_THAT(result.printed, HasSubstr("ok: "));
}

TEST(CommandLine, ValidateCountsOneRouteAsOne) {
    TemporaryDirectory directory;
    const std::string one = "version: 1\nroutes:\n  a: { from: { http: \"GET /a\" }, to: { answer: 1 } }\n";
    const std::string other = "  b: { from: { http: \"GET /b\" }, to: { answer: 1 } }\n";
    EXPECT_THAT(gateway({"validate", directory.write("one.yaml", one).string()}).output,
                HasSubstr("ok: 1 route, nothing to report"));
    EXPECT_THAT(gateway({"validate", directory.write("two.yaml", one + other).string()}).output,
                HasSubstr("ok: 2 routes, nothing to report"));
}

TEST(CommandLine, RunSaysInPlainWordsWhenFewerClientsFitThanAreAllowed) {
    TemporaryDirectory directory;
    const auto config = directory.write("gateway.yaml",
                                        "name: test\nlisten: \"127.0.0.1:${PORT}\"\n"
                                        "admin: { listen: \"127.0.0.1:${ADMIN_PORT}\" }\n"
                                        "node: { enabled: true }\n");
    const std::string with_few_files = "ulimit -n 200; exec \"$0\" run --config \"$1\"";
    Process process{{.arguments = {"sh", "-c", with_few_files, gateway_program(), config.string()},
                     .environment = {{"PORT", std::to_string(free_port())},
                                     {"ADMIN_PORT", std::to_string(free_port())}}}};
    process.wait_for_line(
        "up to 136 clients can be connected at once, not 20000 (limits.connections): the system lets this "
        "program have 200 files open (ulimit -n)");
    process.wait_for_line("is ready");
    process.signal(SIGTERM);
    EXPECT_EQ(process.wait(), 0) << process.printed();
}

TEST(CommandLine, TheScriptsHelpWithoutDoingAnything) {
    const std::pair<const char*, const char*> scripts[] = {
        {"run.sh", "./run.sh [options of `happn-gateway run`]"},
        {"run-tests.sh", "./run-tests.sh [options of ctest]"},
    };
    for (const auto& [script, usage] : scripts) {
        Process process{{.arguments = {source_tree(script), "--help"}}};
        EXPECT_EQ(process.wait(), 0) << script;
        EXPECT_THAT(process.output(), HasSubstr(usage));
        EXPECT_THAT(process.printed(), Not(HasSubstr("==>"))) << "what it does it says so";
    }
}

TEST(CommandLine, ValidateNamesEveryMistakeWithItsPlaceAndAHint) {
    TemporaryDirectory directory;
    const auto file = directory.write("bad.yaml",
                                      "version: 1\n"
                                      "routes:\n"
                                      "  up:\n"
                                      "    from: { mqtt: \"devices/{device}/telemetry\" }\n"
                                      "    to:   { happn: \"set /devices/{devcie}\" }\n"
                                      "    qoss: 1\n");
    const Result result = gateway({"validate", file.string()});
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.printed, HasSubstr("bad.yaml:5:"));
    EXPECT_THAT(result.printed, HasSubstr("did you mean 'device'?"));
    EXPECT_THAT(result.printed, HasSubstr("bad.yaml:6:5"));
    const Result as_json = gateway({"validate", "--json", file.string()});
    EXPECT_EQ(json::parse(as_json.output).size(), 2U) << as_json.printed;
}

TEST(CommandLine, ValidateRefusesWhatIsNotBuiltYetInsteadOfIgnoringIt) {
    TemporaryDirectory directory;
    const auto file = directory.write("later.yaml",
                                      "version: 1\n"
                                      "routes:\n"
                                      "  up:\n"
                                      "    from: { mqtt: \"a/{x}\" }\n"
                                      "    jq: \".\"\n"
                                      "    delivery: at-least-once\n"
                                      "    to: { happn: \"set /a/{x}\" }\n");
    const Result result = gateway({"validate", file.string()});
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.printed, HasSubstr("later.yaml:5:5"));
    EXPECT_THAT(result.printed, HasSubstr("later.yaml:6:"));
    EXPECT_THAT(result.printed, HasSubstr("not built yet"));
}

TEST(CommandLine, RoutesListsThemAsTextAndAsJson) {
    const Result text = gateway({"routes", "--config", configuration});
    EXPECT_EQ(text.status, 0);
    EXPECT_THAT(text.printed, HasSubstr("buildings/{building}/{room}/telemetry"));
    const Result as_json = gateway({"routes", "--json", sample});
    EXPECT_EQ(as_json.status, 0);
    EXPECT_EQ(json::parse(as_json.output).at(0).at("name"), "telemetry");
}

TEST(CommandLine, TestRunsTheSamplesOwnTests) {
    TemporaryDirectory directory;
    const auto report = directory.path() / "report.xml";
    const Result result = gateway({"test", sample, "--junit", report.string()});
    EXPECT_EQ(result.status, 0) << result.printed;
    EXPECT_THAT(result.printed, HasSubstr(" passed, 0 failed"));
    EXPECT_TRUE(std::filesystem::exists(report));
}

TEST(CommandLine, TestFailsWithADifferenceWhenATestDoes) {
    TemporaryDirectory directory;
    const auto file = directory.write("wrong.yaml",
                                      "version: 1\n"
                                      "routes:\n"
                                      "  up: { from: { mqtt: \"a/{x}\" }, to: { happn: \"set /a/{x}\" } }\n"
                                      "tests:\n"
                                      "  - name: wrong on purpose\n"
                                      "    send: { mqtt: \"a/1\", json: { n: 1 } }\n"
                                      "    expect: [ { happn: \"set /a/1\", json: { n: 2 } } ]\n");
    const Result result = gateway({"test", file.string()});
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.printed, HasSubstr("wrong on purpose"));
    EXPECT_THAT(result.printed, HasSubstr("0 passed, 1 failed"));
}

TEST(CommandLine, SchemaPrintsTheCommittedSchemas) {
    for (const char* which : {"gateway", "mapping"}) {
        const Result result = gateway({"schema", which});
        EXPECT_EQ(result.status, 0);
        EXPECT_EQ(json::parse(result.output).at("$schema"), "https://json-schema.org/draft/2020-12/schema");
    }
}

TEST(CommandLine, VersionSaysWhatItSpeaks) {
    EXPECT_THAT(gateway({"version"}).printed, HasSubstr("happn_4"));
    EXPECT_TRUE(json::parse(gateway({"version", "--json"}).output).contains("version"));
}

TEST(CommandLine, UsageErrorsExitWithTwo) {
    EXPECT_EQ(gateway({}).status, 2);
    EXPECT_EQ(gateway({"run"}).status, 2);
    EXPECT_EQ(gateway({"validate"}).status, 2);
    const Result typo = gateway({"rnu"});
    EXPECT_EQ(typo.status, 2);
    EXPECT_THAT(typo.printed, HasSubstr("did you mean 'run'?"));
}

TEST(CommandLine, HelpHasAnExampleForEveryCommand) {
    for (const char* command : {"run", "validate", "test", "routes", "schema", "version"}) {
        const Result result = gateway({command, "--help"});
        EXPECT_EQ(result.status, 0);
        EXPECT_THAT(result.printed, HasSubstr("Example: happn-gateway " + std::string{command}));
    }
}

TEST(CommandLine, HelpHasAnExampleForEveryDeadLettersCommand) {
    for (const char* command : {"list", "show", "replay", "drop"}) {
        const Result result = gateway({"dead-letters", command, "--help"});
        EXPECT_EQ(result.status, 0);
        EXPECT_THAT(result.printed, HasSubstr("Example: happn-gateway dead-letters " + std::string{command}));
    }
}

TEST(CommandLine, RunRefusesAConfigurationWithMistakes) {
    TemporaryDirectory directory;
    const auto file = directory.write("gateway.yaml", "lisen: [\"127.0.0.1:0\"]\n");
    const Result result = gateway({"run", "--config", file.string()});
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.printed, HasSubstr("did you mean 'listen'?"));
}

}  // namespace
