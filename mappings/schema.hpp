// The JSON Schema (2020-12) of mapping files, made from the tables the parser itself works with. What is not
// built yet is not in it, so that editors do not offer it.
#pragma once

#include <string>

namespace mappings {

/// The text of mapping.schema.json, with a newline at its end.
std::string schema();

}  // namespace mappings
