#include "gateway/app/dead_letters_command.hpp"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "gateway/app/count_of.hpp"
#include "gateway/app/running_gateway.hpp"
#include "gateway/text_table.hpp"

namespace gateway::app {
namespace {

using Json = nlohmann::ordered_json;

constexpr int failed = 1;
constexpr int usage = 2;

struct Options {
    RunningGateway gateway;
    bool json = false;
    std::string route;
    std::size_t limit = 100;
    std::string after;
    std::int64_t id = 0;
    std::vector<std::int64_t> ids;
    bool all = false;
};

int say(const std::string& what, int status) {
    std::cerr << "dead-letters: " << on_one_line(what) << '\n';
    return status;
}

/// Asks, and prints the answer as it is or as `print` does.
template <typename Ask, typename Print>
int answer(const Options& options, const Ask& ask, const Print& print) {
    int status = 0;
    const auto client = client_of(options.gateway, status);
    if (!client) return status;
    const Result<std::string> text = ask(*client);
    if (text.has_error()) return say(text.error().message, failed);
    if (options.json) std::cout << *text;
    return print(Json::parse(*text), options);
}

std::string text_of(const Json& value) {
    return on_one_line(value.is_string() ? value.get<std::string>() : value.dump());
}

// --- list --------------------------------------------------------------------------------------------------

int print_list(const Json& page, const Options& options) {
    if (options.json) return 0;
    std::vector<std::vector<std::string>> rows{{"ID", "ROUTE", "AT", "ATTEMPTS", "FROM", "STAGE", "CAUSE"}};
    for (const Json& letter : page["letters"])
        rows.push_back({text_of(letter["id"]),
                        text_of(letter["route"]),
                        text_of(letter["at"]),
                        text_of(letter["attempts"]),
                        text_of(letter["from"]["address"]),
                        text_of(letter["stage"]),
                        text_of(letter["cause"])});
    if (rows.size() > 1) std::cout << text_table(rows);
    std::cout << count_of(page["total"].get<std::size_t>(), "dead letter") << " in the spool\n";
    if (page.contains("next")) std::cout << "more: --after " << text_of(page["next"]) << '\n';
    return 0;
}

int list(const Options& options) {
    std::string path = "/dead-letters?limit=" + std::to_string(options.limit);
    if (!options.route.empty()) path += "&route=" + admin::percent_encoded(options.route);
    if (!options.after.empty()) path += "&after=" + admin::percent_encoded(options.after);
    return answer(
        options, [&](const admin::Client& client) { return client.get(path); }, print_list);
}

// --- show --------------------------------------------------------------------------------------------------

int print_letter(const Json& letter, const Options& options) {
    if (options.json) return 0;
    for (const auto& [key, value] : letter.items()) {
        if (key == "payload") continue;
        std::cout << key << ": " << text_of(value) << '\n';
    }
    std::cout << "payload: " << text_of(letter["payload"]) << '\n';
    return 0;
}

int show(const Options& options) {
    const std::string path = "/dead-letters/" + std::to_string(options.id);
    return answer(
        options, [&](const admin::Client& client) { return client.get(path); }, print_letter);
}

// --- replay and drop ---------------------------------------------------------------------------------------

int print_round(const Json& round, const Options& options) {
    if (!options.json) {
        const auto done = round.begin();  // "replayed" or "dropped"
        std::cout << count_of(done.value().get<std::size_t>(), "dead letter") << ' ' << done.key() << '\n';
        for (const Json& failure : round["failures"])
            say(text_of(failure["id"]) + ": " + failure["message"].get<std::string>(), failed);
        const auto told = round["failures"].size();
        if (const auto all = round["failed"].get<std::size_t>(); all > told)
            say("and " + std::to_string(all - told) + " more", failed);
    }
    return round["failed"] == 0 ? 0 : failed;
}

int work_off(const std::string& deed, const Options& options) {
    const int ways = (options.ids.empty() ? 0 : 1) + (options.route.empty() ? 0 : 1) + (options.all ? 1 : 0);
    if (ways != 1) return say(deed + ": name letters by ID, by --route, or --all of them", usage);
    Json chosen;
    if (options.all) chosen["all"] = true;
    if (!options.route.empty()) chosen["route"] = options.route;
    if (!options.ids.empty()) chosen["ids"] = options.ids;
    const auto body = chosen.dump(-1, ' ', false, Json::error_handler_t::replace);
    return answer(
        options,
        [&](const admin::Client& client) { return client.post("/dead-letters/" + deed, body); },
        print_round);
}

// --- the command line --------------------------------------------------------------------------------------

CLI::App* add_command(CLI::App& parent,
                      const std::string& name,
                      const std::string& does,
                      const std::string& example,
                      Options& options) {
    auto* command = parent.add_subcommand(name, does);
    auto* config = command->add_option(
        "--config", options.gateway.config, "the configuration of the running gateway: where it listens");
    command
        ->add_option("--admin",
                     options.gateway.admin,
                     std::string{"HOST:PORT of its admin listener, instead; the token is in "} +
                         RunningGateway::token_variable)
        ->excludes(config);
    command->add_flag("--json", options.json, "print JSON");
    command->footer("Example: happn-gateway dead-letters " + example);
    return command;
}

void add_deed(
    CLI::App& parent, const std::string& name, const std::string& does, Options& options, int& status) {
    auto* command =
        add_command(parent, name, does, name + " --route telemetry --config config/gateway.yaml", options);
    command->add_option("ID", options.ids, "these")->check(CLI::PositiveNumber);
    command->add_option("--route", options.route, "all of this route");
    command->add_flag("--all", options.all, "all there are");
    command->callback([name, &options, &status] { status = work_off(name, options); });
}

}  // namespace

void add_dead_letters(CLI::App& program, int& status) {
    const auto shared = std::make_shared<Options>();
    Options& options = *shared;
    auto* all = program.add_subcommand("dead-letters", "what routes with a guarantee have given up");
    all->require_subcommand(1);
    all->footer("Example: happn-gateway dead-letters list --config config/gateway.yaml");
    all->callback([shared] {});  // the options live as long as the commands

    auto* list_them = add_command(*all,
                                  "list",
                                  "the latest first, without payloads",
                                  "list --route telemetry --config config/gateway.yaml",
                                  options);
    list_them->add_option("--route", options.route, "only of this route");
    list_them->add_option("--limit", options.limit, "at most so many")->check(CLI::Range(1, 1000));
    list_them->add_option("--after", options.after, "go on where a list said so");
    list_them->callback([&options, &status] { status = list(options); });

    auto* show_one = add_command(
        *all, "show", "one of them, with its payload", "show 7 --config config/gateway.yaml", options);
    show_one->add_option("ID", options.id, "which one")->required()->check(CLI::PositiveNumber);
    show_one->callback([&options, &status] { status = show(options); });

    add_deed(
        *all, "replay", "have them delivered after all, by their routes as they are now", options, status);
    add_deed(*all, "drop", "forget them for good", options, status);
}

}  // namespace gateway::app
