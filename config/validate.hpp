// What must hold between the keys of gateway.yaml, and the defaults that follow from other keys. Start-up
// only.
#pragma once

#include "config/finding.hpp"
#include "config/settings.hpp"
#include "config/yaml_document.hpp"

namespace config {

/// `root`: the file the settings came from, for places. Fills in the node's name and rest.mesh.
void complete_and_validate(Settings& settings, const Node& root, Findings& findings);

}  // namespace config
