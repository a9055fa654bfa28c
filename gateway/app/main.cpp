#include <CLI/CLI.hpp>
#include <array>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>

#include "gateway/app/commands.hpp"
#include "gateway/app/dead_letters_command.hpp"
#include "gateway/expression/suggestion.hpp"

namespace {

using namespace gateway::app;

constexpr int usage_error = 2;

constexpr std::array<std::string_view, 9> command_names{
    "run", "validate", "test", "routes", "dead-letters", "openapi", "asyncapi", "schema", "version"};

void add_files(CLI::App& command, Sources& sources) {
    auto* config = command.add_option("--config", sources.config, "the gateway's configuration file");
    command.add_option("MAPPING", sources.mappings, "mapping files, instead of a configuration")
        ->excludes(config);
}

void add_sources(CLI::App& command, Sources& sources) {
    add_files(command, sources);
    command.add_flag("--json", sources.json, "print JSON");
}

/// What CLI11 says about a wrong word is only that one is missing.
std::string unknown_command(int argc, char** argv) {
    if (argc < 2 || argv[1][0] == '-') return {};
    const std::string word = argv[1];
    for (const std::string_view name : command_names)
        if (word == name) return {};
    std::string text = "unknown command '" + word + "'";
    const std::vector<std::string> candidates{command_names.begin(), command_names.end()};
    const std::string suggestion = gateway::did_you_mean(word, candidates);
    if (!suggestion.empty()) text += ": " + suggestion;
    return text;
}

int run(int argc, char** argv) {
    CLI::App program{"happn-gateway: a protocol gateway between happn meshes, MQTT and REST"};
    program.require_subcommand(1);
    program.footer("Example: happn-gateway run --config config/gateway.yaml");
    int status = 0;

    std::string config;
    auto* run_it =
        program.add_subcommand("run", "run the gateway until SIGTERM or SIGINT; SIGHUP reloads the mappings");
    run_it->add_option("--config", config, "the configuration file")->required();
    run_it->footer("Example: happn-gateway run --config config/gateway.yaml");
    run_it->callback([&] { status = run_command(config); });

    Sources validated;
    auto* validate =
        program.add_subcommand("validate", "report every mistake with its place; opens no connection");
    add_sources(*validate, validated);
    validate->footer("Example: happn-gateway validate --config config/gateway.yaml");
    validate->callback([&] { status = validate_command(validated); });

    TestOptions tested;
    auto* test = program.add_subcommand("test", "run the tests that mapping files carry, without a network");
    test->add_option("MAPPING", tested.mappings, "mapping files")->required();
    test->add_option("--run", tested.run, "only tests whose name matches this regular expression");
    test->add_option("--junit", tested.junit, "write a JUnit report to this file");
    test->footer("Example: happn-gateway test mappings/samples/smart-building.yaml --run 'set point'");
    test->callback([&] { status = test_command(tested); });

    Sources listed;
    auto* routes = program.add_subcommand("routes", "print the routing table");
    add_sources(*routes, listed);
    routes->footer("Example: happn-gateway routes --config config/gateway.yaml");
    routes->callback([&] { status = routes_command(listed); });

    add_dead_letters(program, status);

    DocumentOptions described;
    auto* openapi = program.add_subcommand("openapi", "print the HTTP interface as an OpenAPI 3.1 document");
    add_files(*openapi, described.sources);
    openapi->add_option("--server", described.server, "the URL that clients use; / by default");
    openapi->add_flag("--live", described.live, "ask the mesh of the configuration for its methods as well");
    openapi->footer("Example: happn-gateway openapi --config config/gateway.yaml --live > openapi.json");
    openapi->callback([&] { status = openapi_command(described); });

    DocumentOptions messages;
    auto* asyncapi =
        program.add_subcommand("asyncapi", "print topics, paths and calls as an AsyncAPI 3.0 document");
    add_files(*asyncapi, messages.sources);
    asyncapi->add_flag("--live", messages.live, "ask the mesh of the configuration for its methods as well");
    asyncapi->footer("Example: happn-gateway asyncapi --config config/gateway.yaml > asyncapi.json");
    asyncapi->callback([&] { status = asyncapi_command(messages); });

    std::string which;
    auto* schema = program.add_subcommand("schema", "print a JSON Schema, for editors");
    schema->add_option("WHICH", which, "gateway | mapping")
        ->required()
        ->check(CLI::IsMember({"gateway", "mapping"}));
    schema->footer("Example: happn-gateway schema mapping > mapping.schema.json");
    schema->callback([&] { status = schema_command(which); });

    bool json = false;
    auto* version = program.add_subcommand("version", "print the version, protocols and libraries");
    version->add_flag("--json", json, "print JSON");
    version->footer("Example: happn-gateway version --json");
    version->callback([&] { status = version_command(json); });

    if (const std::string unknown = unknown_command(argc, argv); !unknown.empty()) {
        std::cerr << unknown << "\nRun with --help for the commands.\n";
        return usage_error;
    }
    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return program.exit(error) == 0 ? 0 : usage_error;
    }
    return status;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::cerr << "happn-gateway: " << error.what() << '\n';
        return 1;
    }
}
