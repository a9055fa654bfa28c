#include "gateway/javascript.hpp"

#include <charconv>
#include <cstddef>
#include <system_error>

#include "gateway/json_elements.hpp"

namespace gateway::javascript {

bool is_falsy(std::string_view literal) {
    if (literal == "false" || literal == "null" || literal == "\"\"") return true;
    const char first = literal.empty() ? '\0' : literal.front();
    if (first != '-' && (first < '0' || first > '9')) return false;
    double number = 1;
    const auto read = std::from_chars(literal.data(), literal.data() + literal.size(), number);
    const bool small = literal.find("e-") != literal.npos || literal.find("E-") != literal.npos;
    const bool too_small = read.ec == std::errc::result_out_of_range && small;
    return number == 0 || too_small;
}

std::string object_of(std::string_view array) {
    std::string object = "{";
    std::size_t length = 0;
    json::each_element(array, [&](std::string_view element) {
        object.append(1, '"').append(std::to_string(length++)).append("\":").append(element).append(1, ',');
    });
    return object + "\"length\":" + std::to_string(length) + '}';
}

}  // namespace gateway::javascript
