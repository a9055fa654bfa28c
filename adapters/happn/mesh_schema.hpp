// What a mesh says about its components, read into gateway::MeshDescription. Slow path; never throws.
#pragma once

#include <memory>
#include <string_view>

#include "gateway/error.hpp"
#include "gateway/mesh.hpp"

namespace happn {

using DescriptionPtr = std::shared_ptr<const gateway::MeshDescription>;

/// `/mesh/schema/description`:
/// {"name":..,"components":{name:{"version":..,"methods":{name:{"parameters":[{"name":..}]}}}}}. Null: no
/// description.
DescriptionPtr read_description(std::string_view text);

/// The body of `GET /rest/describe`: {"data":{"/component/method":{"parameters":{"a":"{{a}}"}}}}; the domain
/// is not in it.
DescriptionPtr read_rest_description(std::string_view body, std::string_view domain);

}  // namespace happn
