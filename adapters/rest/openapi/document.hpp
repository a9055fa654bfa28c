// The gateway's HTTP interface as an OpenAPI 3.1 document: mapped routes, and the mirror of happner's REST
// component with a path for each method. Slow path: made once for each table, mesh description and kind of
// caller. Pure.
#pragma once

#include <string>

#include "adapters/rest/openapi/view.hpp"

namespace rest::openapi {

/// JSON text, indented. Paths, names and operation ids are the same for the same table and mesh.
std::string document(const View& view);

}  // namespace rest::openapi
