// What is asked of the values under one name: operators (`{"$gte":1,"$lt":5}`), or a value to be equal to.
// Each operator is a function of conditions.cpp.
#pragma once

#include <cstddef>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "adapters/happn/query/field_name.hpp"
#include "gateway/error.hpp"

namespace happn::query {

inline constexpr int max_nesting = 16;  // of conditions and criteria in each other
inline constexpr std::size_t max_conditions =
    1000;  // names and operators of one request, listed values apart

/// Of all values under a name: none, one, or several.
using ValueTest = std::function<bool(const std::vector<nlohmann::json>&)>;

/// Errc::bad_request: an operator is unknown or has the wrong kind of value.
gateway::Result<ValueTest> compile_condition(const nlohmann::json& condition, Naming naming, int nesting);

gateway::Error wrong_criteria(std::string message);

}  // namespace happn::query
