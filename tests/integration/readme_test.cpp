// The README's five minutes, run as they are written: every `console` block is typed into a shell, line by
// line, and prints what the block says; the JavaScript example runs with the real happn-3. Only ports differ,
// through the tools' own configuration files (~/.curlrc, ~/.config/mosquitto_*).
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temporary_directory.hpp"

namespace {

using namespace support;

std::string text_of(const std::filesystem::path& file) {
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, {}};
}

struct Block {
    std::string kind;  // what stands behind the opening fence
    std::vector<std::string> lines;
};

std::vector<Block> blocks_of(const std::string& markdown) {
    std::vector<Block> blocks;
    std::istringstream in{markdown};
    bool inside = false;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("```")) {
            inside = !inside;
            if (inside) blocks.push_back({line.substr(3), {}});
        } else if (inside) {
            blocks.back().lines.push_back(line);
        }
    }
    return blocks;
}

/// Does `printed` read as the block says? `...` stands for anything.
bool reads_as(const std::string& printed, const std::string& expected) {
    std::size_t from = 0, at = 0;
    while (at <= expected.size()) {
        const std::size_t dots = std::min(expected.find("...", at), expected.size());
        const std::string part = expected.substr(at, dots - at);
        const std::size_t found = printed.find(part, from);
        if (found == std::string::npos || (at == 0 && found != 0)) return false;
        from = found + part.size();
        at = dots + 3;
    }
    return expected.ends_with("...") || from == printed.size();
}

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
                .environment = {{"HOME", home.path().string()},
                                {"CURL_HOME", home.path().string()},
                                {"XDG_CONFIG_HOME", (home.path() / ".config").string()}},
                .directory = home.path().string()};
    }

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

    void type(const Block& block) {
        for (std::size_t i = 0; i < block.lines.size(); ++i) {
            if (!block.lines[i].starts_with("$ ")) continue;
            const std::string command = block.lines[i].substr(2);
            if (block.kind == "console background") {
                start_in_background(command);
                continue;
            }
            std::string expected;
            while (i + 1 < block.lines.size() && !block.lines[i + 1].starts_with("$ "))
                expected += block.lines[++i] + '\n';
            std::string printed = run(command);
            while (printed.ends_with('\n'))
                printed.pop_back();
            while (expected.ends_with('\n'))
                expected.pop_back();
            EXPECT_PRED2(reads_as, printed, expected) << command;
            ++typed;
        }
    }

    void run_javascript(const Block& block) {
        std::string script;
        for (std::string line : block.lines) {
            if (const std::size_t port = line.find("55000"); port != std::string::npos)
                line.replace(port, 5, std::to_string(gateway.port()));
            if (const std::size_t name = line.find("'happn-3'"); name != std::string::npos)
                line.replace(name, 9, "'" HG_PEERS "/node_modules/happn-3'");
            script += line + '\n';
        }
        write("example.js", script);
        EXPECT_NE(run("node example.js").find("celsius: 21.5"), std::string::npos);
    }

    TemporaryDirectory home;
    Mosquitto mosquitto;
    GatewayProcess gateway{{.settings = broker_settings(mosquitto) +
                                        "mappings: [\"" HG_SOURCE_DIR
                                        "/mappings/samples/smart-building.yaml\"]\n",
                            .mappings = {}}};
    std::vector<std::unique_ptr<Process>> background;
    int typed = 0;
};

TEST_F(Readme, WorksAsWritten) {
    for (const Block& block : blocks_of(text_of(HG_SOURCE_DIR "/README.md"))) {
        if (block.kind.starts_with("console")) type(block);
        if (block.kind == "js") run_javascript(block);
    }
    EXPECT_GE(typed, 10);
    for (auto& process : background)
        EXPECT_EQ(process->wait(), 0) << process->printed();
}

}  // namespace
