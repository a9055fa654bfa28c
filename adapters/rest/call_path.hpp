// What /rest/method/... names: [mesh/]component/method, which each dialect of happner takes apart in a way of
// its own where there are more or fewer segments (measured on happner-2 2.13.0 and 13.1.1). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/rest/dialect.hpp"

namespace rest {

inline constexpr std::string_view no_segment =
    "undefined";  // as JavaScript prints a segment that is not there

struct CallPath {
    std::optional<std::string> mesh;
    std::optional<std::string> component;
    std::optional<std::string> method;
    bool too_long = false;

    std::string component_text() const { return component.value_or(std::string{no_segment}); }
    std::string method_text() const { return method.value_or(std::string{no_segment}); }
};

/// `text`: what follows /rest/method, without the slash between. Names are as they are written: happner does
/// not decode them.
CallPath read_call_path(std::string_view text, const Dialect& dialect);

}  // namespace rest
