// The files that `mappings:` names: patterns with `*` and `?`, relative to the configuration. Start-up and
// reload only.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "config/yaml_document.hpp"

namespace config {

/// Files in order of the patterns, of one pattern by name, none twice. A file that is not there is an error
/// (HG413), a pattern that matches nothing a warning. `node`: where the patterns stand, for the findings'
/// places.
std::vector<std::string> mapping_files(const std::vector<std::string>& patterns,
                                       const Node& node,
                                       const std::filesystem::path& directory,
                                       Findings& findings);

}  // namespace config
