// The query of a mapped route is closed and typed: an unknown name, a missing one or a value of another type
// is refused with its name. Pure.
#pragma once

#include <string>
#include <vector>

#include "gateway/error.hpp"
#include "gateway/message.hpp"
#include "gateway/route.hpp"

namespace gateway {

/// The given values and the defaults of those not given; numbers and booleans as JSON text. Errors with
/// BadRequest.
Result<std::vector<NameValue>> check_query(const std::vector<NameValue>& given,
                                           const std::vector<QueryParameter>& declared);

}  // namespace gateway
