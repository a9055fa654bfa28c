// What a query may hold, told from its text: what is too much is refused before it is read as a tree. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "gateway/error.hpp"

namespace happn::query {

/// `options` is valid JSON, as select() and push_down() take it. Errc::bad_request: more than max_conditions
/// names in the criteria, at every depth; or as many in fields, or in sort.
std::optional<gateway::Error> over_limits(std::string_view options);

}  // namespace happn::query
