// Which HTTP paths the listeners answer themselves, as a happner node does: a route there would never be
// reached. Pure.
#pragma once

#include <string_view>

namespace mappings {

/// `path`: of a route, with its first slash. As the listeners compare them: the mirror's three pages in any
/// case, all else as it is written.
bool is_on_happn_surface(std::string_view path);

}  // namespace mappings
