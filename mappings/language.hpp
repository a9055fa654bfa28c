// The mapping language's key tables: every key that is built, with its shape and one line of explanation. The
// parser checks files against them (shape.hpp), schema.cpp publishes them. Constants.
#pragma once

#include "mappings/shape.hpp"

namespace mappings {

inline constexpr int language_version = 1;

/// A mapping file.
extern const Table file_table;

}  // namespace mappings
