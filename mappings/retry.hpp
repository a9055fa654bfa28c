// `retry:` of an HTTP target and of `delivery`, compiled.
#pragma once

#include <optional>
#include <string_view>

#include "gateway/retry.hpp"
#include "mappings/compilation.hpp"

namespace mappings {

/// 404, 200..299 or 5xx.
std::optional<gateway::StatusRange> status_range_of(std::string_view text);

/// What `retry` says beside `rule`, which holds what it is without any. `node`: the map it stands in.
gateway::Retry compile_retry(const config::Node& node, gateway::Retry rule, const Compilation& compilation);

}  // namespace mappings
