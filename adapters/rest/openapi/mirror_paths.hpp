// The mirror of happner's REST component as OpenAPI paths: login, describe, and a path for each method that
// the caller may see, of the gateway's own components and of the mesh. Pure.
#pragma once

#include "adapters/rest/openapi/draft.hpp"
#include "adapters/rest/openapi/view.hpp"

namespace rest::openapi {

void add_mirror_paths(Draft& draft, const View& view);

}  // namespace rest::openapi
