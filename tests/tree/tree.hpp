// Where the tests find what they need. One file knows the paths, so that no other object of a build depends
// on where the tree lies. Thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace support {

std::string source_tree(std::string_view below = {});
std::string test_data(std::string_view below = {});  // tests/data
std::string peers_directory();                       // tests/peers

/// The program under test: the environment's HG_GATEWAY, or the one that was built with the tests.
std::string gateway_program();
bool tests_another_build();  // HG_GATEWAY is set

}  // namespace support
