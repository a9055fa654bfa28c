// Columns for a terminal. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gateway {

/// Each column as wide as its widest text and two blanks; none at the end of a line. All rows have as many
/// texts as the first.
std::string text_table(const std::vector<std::vector<std::string>>& rows);

/// What came from outside, on one line: control characters, which a terminal might obey, as \xNN, and a line
/// end as \n.
std::string on_one_line(std::string_view text);

}  // namespace gateway
