// The README's five minutes, run as they are written: every `console` block is typed into a shell, line by
// line, and prints what the block says; the JavaScript example runs with the real happn-3. Only ports differ,
// through the tools' own configuration files (~/.curlrc, ~/.config/mosquitto_*).
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/markdown.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/tree/tree.hpp"

namespace {

using namespace support;

class Readme : public testing::Test {
protected:
    Readme() {
        write(".curlrc",
              "connect-to = \"127.0.0.1:8080:127.0.0.1:" + std::to_string(gateway.port()) + "\"\n" +
                  "connect-to = \"127.0.0.1:8081:127.0.0.1:" + std::to_string(gateway.admin_port()) + "\"\n");
        for (const char* tool : {"pub", "sub", "rr"})
            write(std::string{".config/mosquitto_"} + tool,
                  "-h 127.0.0.1\n-p " + std::to_string(mosquitto.port()) + "\n");
    }

    void write(const std::string& name, const std::string& text) {
        const auto file = home.path() / name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream{file} << text;
    }

    Command shell(const std::string& line) const {
        return {.arguments = {"bash", "-c", line},
                .environment = {{"PATH", programs() + ":" + std::getenv("PATH")},
                                {"HOME", home.path().string()},
                                {"CURL_HOME", home.path().string()},
                                {"XDG_CONFIG_HOME", (home.path() / ".config").string()}},
                .directory = home.path().string()};
    }

    static std::string programs() { return std::filesystem::path{gateway_program()}.parent_path().string(); }

    std::string run(const std::string& line) const {
        Process process{shell(line)};
        EXPECT_EQ(process.wait(), 0) << line << '\n' << process.printed();
        return process.output();
    }

    void start_in_background(const std::string& line) {
        background.push_back(std::make_unique<Process>(shell(line)));
        const std::size_t topic = line.find("-t ") + 3;
        mosquitto.wait_for_subscription(line.substr(topic, line.find(' ', topic) - topic));
    }

    void type(const CodeBlock& block) {
        for (const auto& [command, output] : shown_commands(block)) {
            if (block.kind == "console background") {
                start_in_background(command);
                continue;
            }
            EXPECT_PRED2(reads_as, run(command), output) << command;
            ++typed;
        }
    }

    /// "Save it as mappings/devices.yaml, and say mappings: ... in config/gateway.yaml."
    void save_mapping(const CodeBlock& block) {
        const std::string name = "mappings/devices.yaml";
        write(name, block.text());
        std::string config = read_file(source_tree("config/gateway.yaml"));
        const std::string samples = "mappings/samples/*.yaml";
        config.replace(config.find(samples), samples.size(), name);
        write("config/gateway.yaml", config);
    }

    void run_javascript(const CodeBlock& block) {
        std::string script;
        for (std::string line : block.lines) {
            if (const std::size_t port = line.find("55000"); port != std::string::npos)
                line.replace(port, 5, std::to_string(gateway.port()));
            if (const std::size_t name = line.find("'happn-3'"); name != std::string::npos)
                line.replace(name, 9, "'" + peers_directory() + "/node_modules/happn-3'");
            script += line + '\n';
        }
        write("example.js", script);
        EXPECT_NE(run("node example.js").find("celsius: 21.5"), std::string::npos);
    }

    TemporaryDirectory home;
    Mosquitto mosquitto;
    GatewayProcess gateway{{.settings = broker_settings(mosquitto) + "mappings: [\"" +
                                        source_tree("mappings/samples/smart-building.yaml") + "\"]\n",
                            .mappings = {}}};
    std::vector<std::unique_ptr<Process>> background;
    int typed = 0;
    int scripts = 0;
};

TEST_F(Readme, WorksAsWritten) {
    for (const CodeBlock& block : code_blocks(read_file(source_tree("README.md")))) {
        if (block.kind.starts_with("console")) type(block);
        if (block.kind == "yaml" && block.text().starts_with("version:")) save_mapping(block);
        if (block.kind == "js") {
            run_javascript(block);
            ++scripts;
        }
    }
    EXPECT_GE(typed, 14);
    EXPECT_EQ(scripts, 1);
    for (auto& process : background)
        EXPECT_EQ(process->wait(), 0) << process->printed();
}

}  // namespace
