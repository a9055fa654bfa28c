// The elements of a JSON array, one after the other: for arrays of any length, where json::element() would
// look for each of them from the begin.
#pragma once

#include <functional>
#include <string_view>

namespace gateway::json {

/// Every element of a valid JSON array as a slice of it. False if `array` is none.
using ElementVisit = std::function<void(std::string_view element)>;
bool each_element(std::string_view array, const ElementVisit& visit);

}  // namespace gateway::json
