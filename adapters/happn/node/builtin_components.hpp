// The components that every happner node has of its own, as far as they mean something on a gateway: `data`
// (what clients keep below /_data/data), `system` (how machine and process are doing) and `api` (a test
// call). Names, parameters and answers are those of happner-2 13.1.1. What only makes sense inside a Node.js
// process, or what a stranger could use to harm the node (data.offAll, system.setLogLevel ...), is not here
// and is answered as an unknown method. Owned by the mesh layer; shard's thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/happn/node/data_component.hpp"
#include "adapters/happn/node/hub.hpp"
#include "adapters/happn/node/system_component.hpp"
#include "gateway/identity.hpp"
#include "gateway/response.hpp"

namespace happn::node {

class BuiltinComponents {
public:
    struct Method {
        std::string_view component;
        std::string_view name;
        std::vector<std::string> parameters;  // in order, as described; `callback` included
        /// `arguments`: raw JSON values by position. `hops`: see gateway::Origin.
        gateway::Response (*run)(BuiltinComponents& self, const CallArguments& arguments, int hops);
    };

    BuiltinComponents(Hub& hub, const gateway::GatewayIdentity& identity);

    static std::span<const Method> methods();
    /// Null: none of ours.
    static const Method* find(std::string_view component, std::string_view method);

    /// `args`: a valid JSON array. `caller`: the client that calls, or an outsider.
    gateway::Response call(const Method& method, std::string_view args, SessionNumber caller, int hops);

private:
    DataComponent data_;
    SystemComponent system_;
};

}  // namespace happn::node
