// What /rest/describe lists: the methods of the addressed mesh and those that mapping files declare, by URI.
// Pure.
#pragma once

#include <string>

#include "adapters/rest/allow_list.hpp"
#include "gateway/mesh.hpp"
#include "gateway/routing_table.hpp"

namespace rest {

/// {"/component/method":{"uri":...,"parameters":{"a":"{{a}}"}},...}. `callback` is left out of the
/// parameters, the components `security` and (unless it is listed) `rest` and what `allow` does not offer out
/// of the whole. The gateway's own components come first.
std::string call_menu(const gateway::MeshDescription& mesh,
                      const gateway::RoutingTable& own,
                      const AllowList& allow,
                      bool lists_rest = false);

}  // namespace rest
