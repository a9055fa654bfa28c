// The two documents that happner clients read before anything else: /mesh/schema/config and
// /mesh/schema/description, made from the routing table's components. Shapes measured on happner-2 13.1.1.
// Pure.
#pragma once

#include <string>
#include <string_view>

#include "gateway/routing_table.hpp"

namespace happn::node {

/// The built-in components of a happner node are named, as clients expect, with the methods that are served;
/// a declared component of the same name takes the place of a built-in one.
std::string description_document(std::string_view node_name,
                                 std::string_view version,
                                 const gateway::RoutingTable& table);
std::string config_document(std::string_view node_name, std::string_view version);

}  // namespace happn::node
