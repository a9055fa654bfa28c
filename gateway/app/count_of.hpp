// Numbers in sentences for people.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gateway::app {

/// "1 route", "2 routes".
inline std::string count_of(std::size_t number, std::string_view thing) {
    return std::to_string(number) + ' ' + std::string{thing} + (number == 1 ? "" : "s");
}

}  // namespace gateway::app
