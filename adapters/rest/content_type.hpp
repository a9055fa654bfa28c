// A Content-Type as the mesh's body parser reads it (RFC 9110 section 8.3): what is not spelled exactly so
// names no type at all. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rest {

struct ContentType {
    std::string type;     // "application/json", in lower case
    std::string charset;  // in lower case; empty: it names none
};

/// nullopt: a parameter is incomplete, such as the one after `application/json;`.
std::optional<ContentType> read_content_type(std::string_view header);

}  // namespace rest
