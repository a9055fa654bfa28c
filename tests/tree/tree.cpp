#include "tests/tree/tree.hpp"

#include <cstdlib>

namespace support {
namespace {

std::string joined(std::string directory, std::string_view below) {
    if (!below.empty()) directory.append("/").append(below);
    return directory;
}

}  // namespace

std::string source_tree(std::string_view below) {
    return joined(HG_SOURCE_DIR, below);
}

std::string test_data(std::string_view below) {
    return joined(HG_SOURCE_DIR "/tests/data", below);
}

std::string peers_directory() {
    return HG_SOURCE_DIR "/tests/peers";
}

std::string gateway_program() {
    const char* other = std::getenv("HG_GATEWAY");
    return other != nullptr ? other : HG_GATEWAY;
}

bool tests_another_build() {
    return std::getenv("HG_GATEWAY") != nullptr;
}

}  // namespace support
