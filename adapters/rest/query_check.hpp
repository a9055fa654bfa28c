// The query of a mapped route is closed and typed: an unknown name, a missing one or a value of another type
// is refused with its name. Pure.
#pragma once

#include <string>
#include <vector>

#include "gateway/error.hpp"
#include "gateway/message.hpp"
#include "gateway/route.hpp"

namespace rest {

/// The given values and the defaults of those not given; numbers and booleans as JSON text. Errors with
/// BadRequest.
gateway::Result<std::vector<gateway::NameValue>> check_query(
    const std::vector<gateway::NameValue>& given, const std::vector<gateway::QueryParameter>& declared);

}  // namespace rest
