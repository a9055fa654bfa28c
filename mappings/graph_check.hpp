// Routes against each other: loops (HG101), routes that take the same message (HG102), HTTP routes that hide
// each other (HG103) or are the same (HG104). Works on patterns alone, so it may see an overlap where no real
// address is.
#pragma once

#include <vector>

#include "mappings/routes.hpp"

namespace mappings {

inline constexpr std::size_t max_overlap_findings = 100;

/// Only routes that are enabled count.
void check_graph(const std::vector<PlacedRoute>& routes, config::Findings& findings);

}  // namespace mappings
