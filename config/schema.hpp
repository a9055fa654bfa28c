// The JSON Schema (2020-12) of gateway.yaml, made from its key tables: config/gateway.schema.json is this
// text.
#pragma once

#include <string>

namespace config {

std::string schema();

}  // namespace config
