// What tells one body from another: the text of a strong entity tag (RFC 9110 section 8.8.3). Pure.
#pragma once

#include <string>
#include <string_view>

namespace rest::openapi {

std::string entity_tag(std::string_view body);

}  // namespace rest::openapi
