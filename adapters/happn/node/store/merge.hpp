// What a set with `merge` leaves under a path. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace happn::node {

/// What a merge makes of members whose new value is null. Servers before happn-3 4 keep the old one.
enum class Nulls : std::uint8_t { replace, keep_old };

/// Object.assign on JSON text: members of `base`, replaced by or followed by those of `changes`.
std::string merged(std::string_view base, std::string_view changes, Nulls nulls = Nulls::replace);

}  // namespace happn::node
