// Numbers and booleans that arrive as text, as those of a query do. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/route.hpp"

namespace gateway {

/// Is a text read as JSON where this type is declared? integer, number and boolean are; of the others it is
/// the value itself.
bool is_read_from_text(ValueType type);

/// The text as JSON of such a type; true and false may be 1 and 0. nullopt: it is none.
std::optional<std::string> value_of_text(std::string_view text, ValueType type);

/// A JSON number as a double. What is too large for one is infinite, and so beyond every limit.
double as_double(std::string_view number);

}  // namespace gateway
