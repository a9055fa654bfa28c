// A page of the documentation, followed as a reader follows it who has typed `./run.sh`: the mapping files
// that it shows are loaded, and every line of its `console` blocks is typed into a shell and prints what the
// block says. A `console background` block is another terminal: what runs there goes on, and has printed what
// the block says before the page ends. Only ports differ, through the tools' own configuration files
// (~/.curlrc,
// ~/.config/mosquitto_*), and in the mapping files.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/markdown.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temporary_directory.hpp"

namespace support {

class Walkthrough {
public:
    /// The mapping files are paths, as in `mappings:` of a configuration, or the texts of blocks.
    struct Mappings {
        std::vector<std::string> paths = {};
        std::vector<CodeBlock> blocks = {};
    };
    explicit Walkthrough(const Mappings& mappings);

    /// A console block of either kind.
    void type(const CodeBlock& block);
    /// What is still to be printed is printed; what is still to end ends.
    void finish();
    int typed() const { return typed_; }

    std::string run(const std::string& line) const;
    void write(const std::string& name, const std::string& text) const;  // below the reader's directory

    GatewayProcess& gateway() { return *gateway_; }

private:
    struct InBackground {
        std::string command;
        std::string shown;
        std::unique_ptr<Process> process;
    };
    Command shell(const std::string& line) const;
    void start_in_background(const ShownCommand& shown);

    TemporaryDirectory home_;
    Mosquitto mosquitto_;
    std::unique_ptr<GatewayProcess> gateway_;
    std::vector<InBackground> background_;
    int typed_ = 0;
};

}  // namespace support
