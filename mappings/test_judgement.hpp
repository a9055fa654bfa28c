// What a mapping test expected, against what was seen. Pure.
#pragma once

#include <string>

#include "mappings/test_run.hpp"

namespace mappings {

/// Lines for people, `-` expected and `+` seen; empty if all is as expected.
std::string difference(const TestCase& test, const Seen& seen);

}  // namespace mappings
