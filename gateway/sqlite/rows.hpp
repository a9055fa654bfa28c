// Reading what a query gives, row by row.
#pragma once

#include <type_traits>
#include <utility>
#include <vector>

#include "gateway/sqlite/connection.hpp"

namespace gateway::sqlite {

/// What `read` makes of each row that is left.
template <typename Read>
auto all_rows(Statement& statement, Read read)
    -> Result<std::vector<std::invoke_result_t<Read, const Statement&>>> {
    std::vector<std::invoke_result_t<Read, const Statement&>> values;
    for (;;) {
        const auto row = statement.step();
        if (row.has_error()) return row.error();
        if (!*row) return values;
        values.push_back(read(std::as_const(statement)));
    }
}

}  // namespace gateway::sqlite
