// The names of HTTP headers that a mapping may set, in requests to services and in answers. Pure, but for the
// findings that they add.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "mappings/compilation.hpp"

namespace mappings {

/// False, and a finding at `place`: it is no name, or one of `own`, which the gateway sets itself; those in
/// lower case.
bool check_header_name(const std::string& name,
                       std::span<const std::string_view> own,
                       const config::Place& place,
                       const Compilation& compilation);

}  // namespace mappings
