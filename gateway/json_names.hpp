// The names in JSON text, wherever they stand: to judge a value before, or without, reading it as a tree.
#pragma once

#include <functional>
#include <string_view>

namespace gateway::json {

/// Every name in valid JSON, at every depth, as a literal with its quotes, in one pass. False: the visit said
/// that it is enough.
using NameVisit = std::function<bool(std::string_view name_literal)>;
bool each_name(std::string_view text, const NameVisit& visit);

}  // namespace gateway::json
