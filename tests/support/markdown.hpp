// Reads the documentation as a reader does, so that tests can try what it shows. Pure functions; a file that
// is not there reads as empty.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace support {

/// What stands between two fences.
struct CodeBlock {
    std::string kind;  // what stands behind the opening fence: "console", "yaml"
    std::vector<std::string> lines;
    int line = 0;  // of the opening fence, from 1

    std::string text() const;
};

/// A `$ command` of a console block, over several lines where they end with `\`, and what the block says it
/// prints.
struct ShownCommand {
    std::string command;
    std::string output;  // without line ends at its end
};

std::string read_file(const std::filesystem::path& file);

std::vector<CodeBlock> code_blocks(const std::string& markdown);
std::vector<ShownCommand> shown_commands(const CodeBlock& block);

/// Does `printed` read as the block says? `...` stands for anything; line ends at the end do not count.
bool reads_as(std::string_view printed, std::string_view shown);

/// The anchors of all headings, as the usual renderers make them: "What `validate` finds" is
/// "what-validate-finds".
std::vector<std::string> anchors(const std::string& markdown);

/// The targets of all links that do not leave the repository, as written: "mapping.md#sources".
std::vector<std::string> local_links(const std::string& markdown);

}  // namespace support
