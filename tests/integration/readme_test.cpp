// The README's five minutes, and the examples of other pages, run as they are written (walkthrough.hpp); the
// JavaScript example runs with the real happn-3.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include "tests/integration/walkthrough.hpp"
#include "tests/support/js_peer.hpp"
#include "tests/tree/tree.hpp"

namespace {

using namespace support;

bool is_mapping(const CodeBlock& block) {
    return block.kind == "yaml" && block.text().starts_with("version:");
}

/// docs_test types these.
bool is_typed_in_the_repository(const CodeBlock& block) {
    return block.text().starts_with("$ happn-gateway ");
}

// --- the README ------------------------------------------------------------------------------------

class Readme : public testing::Test {
protected:
    /// "Save it as mappings/devices.yaml, and say mappings: ... in config/gateway.yaml."
    void save_mapping(const CodeBlock& block) const {
        reader.write("mappings/devices.yaml", block.text());
        std::string config = read_file(source_tree("config/gateway.yaml"));
        const std::string samples = "mappings/samples/*.yaml";
        config.replace(config.find(samples), samples.size(), "mappings/*.yaml");
        reader.write("config/gateway.yaml", config);
    }

    void run_javascript(const CodeBlock& block) {
        std::string script;
        for (std::string line : block.lines) {
            if (const std::size_t port = line.find("55000"); port != std::string::npos)
                line.replace(port, 5, std::to_string(reader.gateway().port()));
            if (const std::size_t name = line.find("'happn-3'"); name != std::string::npos)
                line.replace(name, 9, "'" + peers_directory() + "/node_modules/happn-3'");
            script += line + '\n';
        }
        reader.write("example.js", script);
        EXPECT_NE(reader.run("node example.js").find("celsius: 21.5"), std::string::npos);
    }

    Walkthrough reader{{.paths = {source_tree("mappings/samples/smart-building.yaml")}}};
    int scripts = 0;
};

TEST_F(Readme, WorksAsWritten) {
    for (const CodeBlock& block : code_blocks(read_file(source_tree("README.md")))) {
        if (block.kind.starts_with("console")) reader.type(block);
        if (is_mapping(block)) save_mapping(block);
        if (block.kind == "js") {
            run_javascript(block);
            ++scripts;
        }
    }
    reader.finish();
    EXPECT_GE(reader.typed(), 14);
    EXPECT_EQ(scripts, 1);
}

// --- other pages -----------------------------------------------------------------------------------

constexpr const char* pages[] = {"docs/http.md",
                                 "docs/openapi.md",
                                 "docs/rest.md",
                                 "docs/security.md",
                                 "docs/services.md",
                                 "docs/streams.md"};

std::vector<CodeBlock> mappings_among(const std::vector<CodeBlock>& blocks) {
    std::vector<CodeBlock> mappings;
    std::ranges::copy_if(blocks, std::back_inserter(mappings), is_mapping);
    return mappings;
}

/// A reader saves one after the other beside those of before.
TEST(DocsWalkthroughs, SaveMappingFilesThatGoTogether) {
    const TemporaryDirectory directory;
    std::vector<std::string> command{gateway_program(), "validate"};
    for (const std::string page : pages) {
        for (const CodeBlock& block : mappings_among(code_blocks(read_file(source_tree(page)))))
            command.push_back(directory.write(page + std::to_string(block.line), block.text()).string());
    }
    Process process{{.arguments = command}};
    EXPECT_EQ(process.wait(), 0) << process.printed();
}

class DocsWalkthrough : public testing::TestWithParam<const char*> {};

TEST_P(DocsWalkthrough, WorksAsWritten) {
    const auto blocks = code_blocks(read_file(source_tree(GetParam())));
    Walkthrough reader{{.blocks = mappings_among(blocks)}};
    for (const CodeBlock& block : blocks)
        if (block.kind.starts_with("console") && !is_typed_in_the_repository(block)) reader.type(block);
    reader.finish();
    EXPECT_GE(reader.typed(), 1);
}

INSTANTIATE_TEST_SUITE_P(Documentation, DocsWalkthrough, testing::ValuesIn(pages), [](const auto& page) {
    return std::filesystem::path{page.param}.stem().string();
});

}  // namespace
