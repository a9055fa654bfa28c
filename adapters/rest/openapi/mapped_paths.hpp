// The HTTP routes of mapping files as OpenAPI paths. Routes that OpenAPI cannot tell apart, as they differ in
// the types of captures only, become one operation that says so. Pure.
#pragma once

#include "adapters/rest/openapi/draft.hpp"
#include "adapters/rest/openapi/view.hpp"

namespace rest::openapi {

void add_mapped_paths(Draft& draft, const View& view);

}  // namespace rest::openapi
