#include "tests/integration/walkthrough.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/support/eventually.hpp"
#include "tests/tree/tree.hpp"

namespace support {
namespace {

/// What `./run.sh` listens on, and a reader types.
constexpr std::string_view http_address = "127.0.0.1:8080";
constexpr std::string_view admin_address = "127.0.0.1:8081";
constexpr std::string_view own_address = "127.0.0.1:${GATEWAY_PORT}";

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
    return text;
}

std::string on_a_terminal(std::string printed) {
    std::erase(printed, '\r');
    return printed;
}

std::string mapping_list(const std::vector<std::string>& paths) {
    std::string list;
    for (const std::string& path : paths)
        list += (list.empty() ? "\"" : ", \"") + path + '"';
    return "mappings: [" + list + "]\n";
}

std::string connect_to(std::string_view address, std::uint16_t port) {
    return "connect-to = \"" + std::string{address} + ":127.0.0.1:" + std::to_string(port) + "\"\n";
}

}  // namespace

Walkthrough::Walkthrough(const Mappings& mappings) {
    GatewayFiles files{.settings = broker_settings(mosquitto_), .mappings = {}};
    if (!mappings.paths.empty()) files.settings += mapping_list(mappings.paths);
    for (const CodeBlock& block : mappings.blocks)
        files.mappings["line-" + std::to_string(block.line) + ".yaml"] =
            replaced(block.text(), http_address, own_address);
    gateway_ = std::make_unique<GatewayProcess>(files);
    write(".curlrc",
          connect_to(http_address, gateway_->port()) + connect_to(admin_address, gateway_->admin_port()));
    for (const char* tool : {"pub", "sub", "rr"})
        write(std::string{".config/mosquitto_"} + tool,
              "-h 127.0.0.1\n-p " + std::to_string(mosquitto_.port()) + "\n");
}

void Walkthrough::write(const std::string& name, const std::string& text) const {
    const auto file = home_.path() / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream{file} << text;
}

Command Walkthrough::shell(const std::string& line) const {
    const auto programs = std::filesystem::path{gateway_program()}.parent_path().string();
    return {.arguments = {"bash", "-c", line},
            .environment = {{"PATH", programs + ":" + std::getenv("PATH")},
                            {"HOME", home_.path().string()},
                            {"CURL_HOME", home_.path().string()},
                            {"XDG_CONFIG_HOME", (home_.path() / ".config").string()}},
            .directory = home_.path().string()};
}

std::string Walkthrough::run(const std::string& line) const {
    Process process{shell(line)};
    EXPECT_EQ(process.wait(), 0) << line << '\n' << process.printed();
    return process.output();
}

void Walkthrough::type(const CodeBlock& block) {
    for (const ShownCommand& shown : shown_commands(block)) {
        if (block.kind == "console background") {
            start_in_background(shown);
            continue;
        }
        EXPECT_PRED2(reads_as, on_a_terminal(run(shown.command)), shown.output) << shown.command;
        ++typed_;
    }
}

/// Returns when it listens: a subscriber has subscribed, a reader of a stream has been given something.
void Walkthrough::start_in_background(const ShownCommand& shown) {
    background_.push_back({shown.command, shown.output, std::make_unique<Process>(shell(shown.command))});
    if (const std::size_t topic = shown.command.find("-t "); topic != std::string::npos) {
        const std::size_t start = topic + 3;
        mosquitto_.wait_for_subscription(shown.command.substr(start, shown.command.find(' ', start) - start));
    } else {
        background_.back().process->next_output_line();
    }
}

void Walkthrough::finish() {
    for (auto& [command, shown, process] : background_) {
        if (shown.empty()) {
            EXPECT_EQ(process->wait(), 0) << command << '\n' << process->printed();
            continue;
        }
        EXPECT_TRUE(eventually([&] { return reads_as(on_a_terminal(process->output()), shown); }))
            << command << '\n'
            << process->printed();
        process->kill();
    }
    background_.clear();
}

}  // namespace support
