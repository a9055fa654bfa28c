// The entity tag of a body, and the question whether a client has it already (RFC 9110 sections 8.8.3 and
// 13.1.2). Pure.
#pragma once

#include <string>
#include <string_view>

namespace rest::openapi {

/// A strong tag, quotes included.
std::string entity_tag(std::string_view body);

/// Does `If-None-Match` name this tag? `*` names all; comparison is weak.
bool names_tag(std::string_view if_none_match, std::string_view tag);

}  // namespace rest::openapi
