// What an OpenAPI document is made of, and for whom. Borrows: valid while the document is made.
#pragma once

#include <cstdint>
#include <string>

#include "gateway/mesh.hpp"
#include "gateway/routing_table.hpp"
#include "gateway/settings.hpp"

namespace rest::openapi {

enum class Caller : std::uint8_t {
    anybody,   // of an insecure mesh: nobody is asked who they are
    stranger,  // of a secure mesh, without a token: sees what can be used without one
    user,      // of a secure mesh, with a token
    unknown,   // made from files: everything, with the tokens that a secure mesh would ask for
};

struct View {
    const gateway::RoutingTable& table;
    const gateway::MeshDescription* mesh = nullptr;  // the methods that the caller may see; null: none known
    const gateway::RestSettings& rest;
    Caller caller = Caller::unknown;
    std::string title;
    std::string version;
    std::string server = "/";  // relative to where the document is: the Host header is the client's word
};

}  // namespace rest::openapi
