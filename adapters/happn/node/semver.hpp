// Does a component's version satisfy what a caller asks for? The part of npm's range grammar that happner
// clients send:
// `*`, `1.2.3`, `1.2`, `1.x`, `^1.2.3`, `~1.2.3`, `>=1.0.0 <2.0.0`, `a || b`. Pure.
#pragma once

#include <string_view>

namespace happn::node {

/// Equal texts always satisfy. A version without three numbers is filled up with zeros. Pre-release tags are
/// not ordered.
bool satisfies(std::string_view version, std::string_view range);

}  // namespace happn::node
