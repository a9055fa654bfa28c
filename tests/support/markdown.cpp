#include "tests/support/markdown.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <sstream>

namespace support {
namespace {

constexpr std::string_view fence = "```";
constexpr std::string_view prompt = "$ ";
constexpr char continued = '\\';  // at the end of a line of a command
constexpr std::string_view anything = "...";

std::string_view without_line_ends(std::string_view text) {
    while (text.ends_with('\n'))
        text.remove_suffix(1);
    return text;
}

/// The lines outside of code blocks.
std::vector<std::string> prose(const std::string& markdown) {
    std::vector<std::string> lines;
    std::istringstream in{markdown};
    bool inside = false;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with(fence)) {
            inside = !inside;
        } else if (!inside) {
            lines.push_back(line);
        }
    }
    return lines;
}

std::string anchor_of(std::string_view heading) {
    std::string anchor;
    for (const char c : heading) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || c == '-' || c == '_')
            anchor += static_cast<char>(std::tolower(byte));
        else if (c == ' ')
            anchor += '-';
    }
    return anchor;
}

}  // namespace

std::string CodeBlock::text() const {
    std::string text;
    for (const std::string& one : lines)
        text += one + '\n';
    return text;
}

std::string read_file(const std::filesystem::path& file) {
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, {}};
}

std::vector<CodeBlock> code_blocks(const std::string& markdown) {
    std::vector<CodeBlock> blocks;
    std::istringstream in{markdown};
    bool inside = false;
    int number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        if (line.starts_with(fence)) {
            inside = !inside;
            if (inside) blocks.push_back({line.substr(fence.size()), {}, number});
        } else if (inside) {
            blocks.back().lines.push_back(line);
        }
    }
    return blocks;
}

std::vector<ShownCommand> shown_commands(const CodeBlock& block) {
    std::vector<ShownCommand> commands;
    for (const std::string& line : block.lines) {
        if (!commands.empty() && commands.back().command.ends_with(continued)) {
            commands.back().command += '\n' + line;
        } else if (line.starts_with(prompt)) {
            commands.push_back({line.substr(prompt.size()), {}});
        } else if (!commands.empty()) {
            std::string& output = commands.back().output;
            output += (output.empty() ? "" : "\n") + line;
        }
    }
    return commands;
}

bool reads_as(std::string_view printed, std::string_view shown) {
    printed = without_line_ends(printed);
    shown = without_line_ends(shown);
    std::size_t from = 0, at = 0;
    while (at <= shown.size()) {
        const std::size_t dots = std::min(shown.find(anything, at), shown.size());
        const std::string_view part = shown.substr(at, dots - at);
        const bool last = dots == shown.size();
        const std::size_t found =
            last && printed.ends_with(part) ? printed.size() - part.size() : printed.find(part, from);
        if (found == std::string_view::npos || found < from || (at == 0 && found != 0)) return false;
        from = found + part.size();
        at = dots + anything.size();
    }
    return shown.ends_with(anything) || from == printed.size();
}

std::vector<std::string> anchors(const std::string& markdown) {
    std::vector<std::string> found;
    for (const std::string& line : prose(markdown)) {
        const std::size_t hashes = line.find_first_not_of('#');
        if (hashes == 0 || hashes == std::string::npos || line[hashes] != ' ') continue;
        found.push_back(anchor_of(std::string_view{line}.substr(hashes + 1)));
    }
    return found;
}

std::vector<std::string> local_links(const std::string& markdown) {
    constexpr std::string_view opening = "](";
    std::vector<std::string> links;
    for (const std::string& line : prose(markdown)) {
        for (auto at = line.find(opening); at != std::string::npos; at = line.find(opening, at + 1)) {
            const auto start = at + opening.size();
            std::string link = line.substr(start, line.find(')', start) - start);
            if (link.find("://") == std::string::npos) links.push_back(std::move(link));
        }
    }
    return links;
}

}  // namespace support
