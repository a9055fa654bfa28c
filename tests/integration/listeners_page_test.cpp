// What docs/listeners.md shows for a try of TLS, done as it is written: the certificate is made, the gateway
// run with the configuration, and asked. Only ports differ.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/free_port.hpp"
#include "tests/support/markdown.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/tree/tree.hpp"

namespace {

using namespace support;

class ListenersPage : public testing::Test {
protected:
    std::string with_own_ports(std::string text) const {
        for (const auto& [shown, own] : ports)
            for (auto at = text.find(shown); at != std::string::npos; at = text.find(shown, at + own.size()))
                text.replace(at, shown.size(), own);
        return text;
    }
    std::string run(const std::string& line) const {
        Process process{{.arguments = {"bash", "-c", line}, .directory = reader.path().string()}};
        EXPECT_EQ(process.wait(), 0) << line << '\n' << process.printed();
        return process.output();
    }

    const std::vector<std::pair<std::string, std::string>> ports{
        {":8080", ':' + std::to_string(free_port())}, {":8443", ':' + std::to_string(free_port())}};
    const std::vector<CodeBlock> blocks = code_blocks(read_file(source_tree("docs/listeners.md")));
    TemporaryDirectory reader;
};

TEST_F(ListenersPage, ATryOfTlsWorksAsWritten) {
    const auto makes_certificate = std::ranges::find_if(
        blocks, [](const CodeBlock& block) { return block.text().find("openssl req") != std::string::npos; });
    ASSERT_NE(makes_certificate, blocks.end());
    const CodeBlock &configuration = makes_certificate[-1], &asks = makes_certificate[1];
    ASSERT_EQ(configuration.kind, "yaml");
    ASSERT_EQ(asks.kind, "console");

    reader.write("config/tls.yaml", with_own_ports(configuration.text()));
    for (const auto& [command, output] : shown_commands(*makes_certificate))
        EXPECT_EQ(run(command), output);
    Process gateway{{.arguments = {gateway_program(), "run", "--config", "config/tls.yaml"},
                     .directory = reader.path().string()}};
    gateway.wait_for_line("happn-gateway is ready");
    for (const auto& [command, output] : shown_commands(asks))
        EXPECT_PRED2(reads_as, run(with_own_ports(command)), output);
    gateway.signal(SIGTERM);
    EXPECT_EQ(gateway.wait(), 0) << gateway.printed();
}

}  // namespace
