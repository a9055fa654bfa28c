// A JSON Schema (2020-12) that a mapping file declares. What is plainly wrong is a finding; the rest is for
// whoever reads the documents it ends up in. Start-up only.
#pragma once

#include <string>

#include "mappings/compilation.hpp"

namespace mappings {

/// The schema as JSON text. HG409: a `type` that JSON does not have. HG414: `$ref`, `$id`, `$anchor`,
/// `$dynamicRef` or `$defs`, which would point into the document that the schema becomes a part of.
std::string compile_json_schema(const config::Node& node, const Compilation& compilation);

}  // namespace mappings
