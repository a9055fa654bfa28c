// JSON values as JavaScript takes them, where what a mesh or its REST does hangs on that. Pure.
#pragma once

#include <string>
#include <string_view>

namespace gateway::javascript {

/// Is a valid JSON value, without blanks around it, one that counts as false: false, null, 0, ""?
bool is_falsy(std::string_view literal);

/// The own properties of a valid JSON array as an object: {"0":...,"1":...,"length":2}.
std::string object_of(std::string_view array);

}  // namespace gateway::javascript
