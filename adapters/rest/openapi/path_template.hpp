// The address of a mapped route in OpenAPI's words (3.1.0 section 4.8.8): "/devices/{device}", without types,
// which belong to the parameters. Pure.
#pragma once

#include <string>
#include <string_view>

#include "adapters/rest/openapi/draft.hpp"
#include "gateway/expression/address_pattern.hpp"

namespace rest::openapi {

/// Literal text percent-encoded, captures named.
std::string path_text(const gateway::AddressPattern& path);

/// The same for all paths that OpenAPI cannot tell apart, as they differ in the names or types of captures
/// only.
std::string path_shape(const gateway::AddressPattern& path);

/// One level of a path, as it stands in a URL.
std::string encoded_segment(std::string_view text);

/// The path parameter that stands for a capture. `name` may be another route's for the same place.
Json path_parameter(const gateway::CaptureName& capture, const std::string& name);

}  // namespace rest::openapi
