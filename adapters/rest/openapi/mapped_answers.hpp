// What a mapped route may answer, as the `responses` of its operation. Pure.
#pragma once

#include <vector>

#include "adapters/rest/openapi/draft.hpp"
#include "adapters/rest/openapi/view.hpp"

namespace rest::openapi {

/// Of several routes of one operation, all that any of them may answer.
Json answers_of(const std::vector<const gateway::Route*>& routes, const View& view);

}  // namespace rest::openapi
