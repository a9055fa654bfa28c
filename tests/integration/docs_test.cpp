// The documentation, held to the program: every YAML example is a whole file that the gateway accepts (and
// whose own tests pass), every shown command prints what is shown, every link leads somewhere, and nothing
// that users can write or read - keys, defaults, codes, metrics - is missing.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "config/finding.hpp"
#include "tests/support/markdown.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/tree/tree.hpp"

namespace {

using namespace support;
using nlohmann::json;

const std::filesystem::path source = source_tree();

/// As names: GoogleTest cannot print paths.
std::vector<std::string> pages() {
    std::vector<std::string> found{"README.md"};
    for (const auto& entry : std::filesystem::directory_iterator{source / "docs"}) {
        if (entry.path().extension() == ".md") found.push_back("docs/" + entry.path().filename().string());
    }
    std::ranges::sort(found);
    return found;
}

std::string page(const char* name) {
    return read_file(source / "docs" / name);
}

struct Ended {
    int status;
    std::string output;
    std::string printed;  // both streams, for failures
};

/// In a directory that has what configurations name: mapping files, secrets, variables.
class Desk {
public:
    Desk() {
        files_.write("mappings/building.yaml", read_file(source / "mappings/samples/smart-building.yaml"));
        files_.write("secrets/mesh-password", "secret\n");
        for (const char* name : {"ca.pem", "gateway.pem", "gateway.key"})
            files_.write(std::string{"certificates/"} + name, "-----BEGIN CERTIFICATE-----\n");
    }

    std::string write(const std::string& text) const { return files_.write("example.yaml", text).string(); }

    Ended run(std::vector<std::string> arguments, const std::string& directory = {}) const {
        const auto programs = std::filesystem::path{gateway_program()}.parent_path().string();
        Process process{{.arguments = std::move(arguments),
                         .environment = {{"PATH", programs + ":/usr/bin:/bin"},
                                         {"ADMIN_TOKEN", "token"},
                                         {"BROKER_TOKEN", "token"},
                                         {"MESH_PASSWORD", "secret"},
                                         {"MQTT_PASSWORD", "secret"}},
                         .directory = directory}};
        const int status = process.wait();
        return {status, process.output(), process.printed()};
    }

private:
    TemporaryDirectory files_;
};

bool has_section(const CodeBlock& block, std::initializer_list<std::string_view> sections) {
    return std::ranges::any_of(block.lines, [&](const std::string& line) {
        return std::ranges::any_of(
            sections, [&](std::string_view section) { return line.starts_with(std::string{section} + ":"); });
    });
}

class Page : public testing::TestWithParam<std::string> {
protected:
    const std::filesystem::path file = source / GetParam();
    const std::vector<CodeBlock> blocks = code_blocks(read_file(file));
    Desk desk;

    std::string place_of(const CodeBlock& block) const {
        return GetParam() + ":" + std::to_string(block.line);
    }

    void accept_mapping(const CodeBlock& block, const std::string& written) const {
        const Ended validated = desk.run({gateway_program(), "validate", written});
        EXPECT_EQ(validated.status, 0) << validated.printed;
        EXPECT_NE(validated.output.find("nothing to report"), std::string::npos) << validated.printed;
        if (!has_section(block, {"tests"})) return;
        const Ended tested = desk.run({gateway_program(), "test", written});
        EXPECT_EQ(tested.status, 0) << tested.printed;
    }

    void accept_configuration(const std::string& written) const {
        const Ended validated = desk.run({gateway_program(), "validate", "--config", written});
        EXPECT_EQ(validated.status, 0) << validated.printed;
    }
};

TEST_P(Page, ShowsNoFragmentsOfYaml) {
    for (const CodeBlock& block : blocks) {
        if (block.kind.starts_with("yaml") || block.kind.starts_with("yml")) {
            EXPECT_EQ(block.kind, "yaml") << place_of(block);
        }
    }
}

TEST_P(Page, ShowsYamlThatTheGatewayAccepts) {
    for (const CodeBlock& block : blocks) {
        if (block.kind != "yaml") continue;
        SCOPED_TRACE(place_of(block));
        const std::string written = desk.write(block.text());
        if (has_section(block, {"routes", "components", "tests"})) {
            accept_mapping(block, written);
        } else {
            accept_configuration(written);
        }
    }
}

TEST_P(Page, ShowsWhatTheCommandsPrint) {
    for (const CodeBlock& block : blocks) {
        const bool ours = block.kind == "console" && !block.lines.empty() &&
                          block.lines.front().starts_with("$ happn-gateway ");
        if (!ours) continue;
        for (const auto& [command, output] : shown_commands(block)) {
            SCOPED_TRACE(place_of(block) + ": " + command);
            const Ended ended = desk.run({"bash", "-c", command}, source.string());
            EXPECT_EQ(ended.status, 0) << ended.printed;
            EXPECT_PRED2(reads_as, ended.output, output);
        }
    }
}

TEST_P(Page, LinksToWhatIsThere) {
    for (const std::string& link : local_links(read_file(file))) {
        const std::size_t mark = std::min(link.find('#'), link.size());
        const auto target = mark == 0 ? file : file.parent_path() / link.substr(0, mark);
        EXPECT_TRUE(std::filesystem::exists(target)) << link;
        if (mark == link.size()) continue;
        const auto known = anchors(read_file(target));
        EXPECT_NE(std::ranges::find(known, link.substr(mark + 1)), known.end()) << link;
    }
}

INSTANTIATE_TEST_SUITE_P(Documentation, Page, testing::ValuesIn(pages()), [](const auto& tested) {
    std::string name = std::filesystem::path{tested.param}.stem().string();
    std::erase_if(name, [](unsigned char c) { return std::isalnum(c) == 0; });
    return name;
});

// --- nothing is missing ------------------------------------------------------------------------------------

/// Calls visit(path, schema) for each key below `schema`: "brokers.NAME.will.topic".
template <typename Visit>
void each_key(const json& schema, const std::string& below, const Visit& visit) {
    if (!schema.is_object()) return;
    const json properties = schema.value("properties", json::object());
    for (const auto& [name, key] : properties.items()) {
        const std::string path = below.empty() ? name : below + "." + name;
        visit(path, key);
        each_key(key, path, visit);
    }
    if (schema.contains("additionalProperties"))
        each_key(schema["additionalProperties"], below + ".NAME", visit);
    if (schema.contains("items")) each_key(schema["items"], below, visit);
    const json choices = schema.value("anyOf", json::array());
    for (const json& choice : choices)
        each_key(choice, below, visit);
}

std::string row_that_begins(const std::string& text, const std::string& beginning) {
    std::istringstream in{text};
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with(beginning)) return line;
    }
    return {};
}

TEST(ConfigurationReference, HasEveryKeyWithItsDefault) {
    const std::string text = page("configuration.md");
    const json schema = json::parse(read_file(source / "config/gateway.schema.json"));
    int keys = 0;
    each_key(schema, "", [&](const std::string& path, const json& key) {
        ++keys;
        const std::string beginning = "| `" + path + "` | ";
        const std::string row = row_that_begins(text, beginning);
        EXPECT_FALSE(row.empty()) << "no row of " << path;
        if (row.empty() || !key.contains("default")) return;
        const json& value = key["default"];
        const std::string shown = value.is_string() ? value.get<std::string>() : value.dump();
        EXPECT_TRUE(row.starts_with(beginning + "`" + shown + "` |")) << row << "\nthe default is " << shown;
    });
    EXPECT_GT(keys, 50);
}

void collect_keys(const json& schema, std::set<std::string>& names) {
    if (schema.is_object()) {
        const json properties = schema.value("properties", json::object());
        for (const auto& [name, key] : properties.items())
            names.insert(name);
    }
    for (const json& inner : schema)
        if (inner.is_structured()) collect_keys(inner, names);
}

TEST(MappingReference, HasEveryKey) {
    const std::string text = page("mapping.md");
    std::set<std::string> names;
    collect_keys(json::parse(read_file(source / "mappings/mapping.schema.json")), names);
    EXPECT_GT(names.size(), 50U);
    for (const std::string& name : names)
        EXPECT_NE(text.find("`" + name + "`"), std::string::npos) << name;
}

TEST(MappingReference, HasEveryFindingCode) {
    const std::string text = page("mapping.md");
    for (const auto& [code, meaning] : config::finding_codes())
        EXPECT_FALSE(row_that_begins(text, "| " + std::string{code} + " | ").empty())
            << code << ": " << meaning;
}

/// The first arguments of all calls of `function` in the text of a source, if they are literals.
std::vector<std::string> names_given_to(const std::string& function, const std::string& code) {
    std::vector<std::string> names;
    const std::string call = function + "(\"";
    for (auto at = code.find(call); at != std::string::npos; at = code.find(call, at + 1)) {
        const std::size_t start = at + call.size();
        const bool whole_word = at > 0 && std::isalnum(static_cast<unsigned char>(code[at - 1])) == 0;
        if (whole_word) names.push_back(code.substr(start, code.find('"', start) - start));
    }
    return names;
}

std::set<std::string> metrics_of(const std::string& code) {
    std::set<std::string> metrics;
    for (const std::string& name : names_given_to("count", code))
        metrics.insert(name + "_total");
    for (const std::string& name : names_given_to("gauge", code))
        metrics.insert(name);
    return metrics;
}

TEST(OperationsReference, HasEveryCounterThatTheSourcesName) {
    const std::string text = page("operations.md");
    std::set<std::string> metrics;
    for (const char* part : {"adapters", "gateway"}) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator{source / part}) {
            if (entry.path().extension() == ".cpp") metrics.merge(metrics_of(read_file(entry.path())));
        }
    }
    EXPECT_GT(metrics.size(), 25U);
    for (const std::string& name : metrics)
        EXPECT_NE(text.find("| `" + name + "` | "), std::string::npos) << name;
}

}  // namespace
