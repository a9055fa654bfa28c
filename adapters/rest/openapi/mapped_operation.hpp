// One operation of an OpenAPI document, made of a mapped route. Pure but for the operation id it takes.
#pragma once

#include <vector>

#include "adapters/rest/openapi/draft.hpp"
#include "adapters/rest/openapi/view.hpp"

namespace rest::openapi {

/// `routes` are those of one method that OpenAPI cannot tell apart, the most specific first; there is at
/// least one. `names` are what the path calls their captures.
Json mapped_operation(const std::vector<const gateway::Route*>& routes,
                      const std::vector<gateway::CaptureName>& names,
                      Draft& draft,
                      const View& view);

}  // namespace rest::openapi
