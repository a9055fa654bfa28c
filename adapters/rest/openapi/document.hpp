// The gateway's HTTP interface as an OpenAPI 3.1 document: mapped routes, and the mirror of happner's REST
// component with a path for each method. Slow path: made once for each table, mesh description and kind of
// caller. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "adapters/rest/openapi/view.hpp"

namespace rest::openapi {

enum class Layout : std::uint8_t {
    compact,   // for programs: half the size
    indented,  // for people
};

/// JSON text. Paths, names and operation ids are the same for the same table and mesh. Takes about 0.1 ms for
/// each route or method.
std::string document(const View& view, Layout layout);

}  // namespace rest::openapi
