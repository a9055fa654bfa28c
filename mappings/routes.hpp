// Routes, two-way routes and components of one checked file, compiled. What is wrong is a finding; what is
// right enough is compiled all the same, so that all findings come at once.
#pragma once

#include <vector>

#include "gateway/route.hpp"
#include "mappings/compilation.hpp"

namespace mappings {

/// A compiled route and where it stands, for findings about routes against each other.
struct PlacedRoute {
    gateway::Route route;
    config::Place place;         // of its name
    config::Place source_place;  // of its source
    bool enabled = true;
};

/// One for a route, two for a two-way one, none if it is too wrong.
std::vector<PlacedRoute> compile_route(const config::Node::Member& member, const Compilation& compilation);

/// One for each method.
std::vector<PlacedRoute> compile_component(const config::Node::Member& member,
                                           const Compilation& compilation);

gateway::ComponentRule component_rule(const config::Node::Member& member);

}  // namespace mappings
