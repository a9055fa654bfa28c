// What shapes do not say about a test of a mapping file: it sends something, and expects nothing that could
// not fail or would not be looked at.
#pragma once

#include "config/yaml_document.hpp"

namespace mappings {

/// HG408, HG409 and HG414 on the tree as written: the check of shapes drops what is wrong, and that is not
/// missing.
void check_test(const config::Node& test, config::Findings& findings);

}  // namespace mappings
