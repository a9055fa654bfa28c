// The tests of mapping files as examples: what they send and expect is kept with the routes, for documents
// made from them (OpenAPI, AsyncAPI). Start-up only.
#pragma once

#include <cstddef>
#include <vector>

#include "gateway/route.hpp"
#include "mappings/test_case.hpp"

namespace mappings {

inline constexpr std::size_t max_examples = 6;              // of a route, and of a target
inline constexpr std::size_t max_example_bytes = 8 * 1024;  // of one payload; larger ones are left out

/// Gives each test to the route that would take its message, and what it expects to be sent to that route's
/// targets. Tests that expect a refusal are no examples, but of answers over HTTP.
void attach_examples(std::vector<gateway::Route>& routes, const std::vector<TestCase>& tests);

}  // namespace mappings
