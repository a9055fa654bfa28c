// The built-in component `data`: a client of the node that happens to live in it, as on a happner node. It
// keeps what it is given below /_data/data, and goes the way of every client's request (DataActions), so the
// same paths are refused and the same limits hold. Nothing outside that tree can be reached. Owned by the
// built-in components; shard's thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/happn/node/hub.hpp"
#include "gateway/identity.hpp"
#include "gateway/response.hpp"

namespace happn::node {

/// Raw JSON values by position; one that is not there is "null".
struct CallArguments {
    std::string_view at(std::size_t index) const { return index < values.size() ? values[index] : "null"; }

    std::vector<std::string_view> values;
    SessionNumber caller = outsider;  // whose publications a method's are
};

class DataComponent {
public:
    DataComponent(Hub& hub, const gateway::GatewayIdentity& identity);

    /// (path, data, opts). Also an event of the component, whose key is the path, as on a happner node.
    gateway::Response set(const CallArguments& arguments, int hops);
    gateway::Response get(const CallArguments& arguments);        // (path, opts)
    gateway::Response get_paths(const CallArguments& arguments);  // (path)
    gateway::Response count(const CallArguments& arguments);      // (path, opts)
    /// (path, gauge, increment)
    gateway::Response increment(const CallArguments& arguments, int hops);
    gateway::Response remove(const CallArguments& arguments, int hops);  // (path, opts)

private:
    /// `path` is a raw argument, `data` and `options` are raw.
    gateway::Response ask(SessionNumber caller,
                          std::string_view action,
                          std::string_view path,
                          std::string_view data,
                          const std::string& options);
    std::string perform(SessionNumber caller,
                        std::string_view action,
                        std::string_view path,
                        std::string_view data,
                        std::string_view options);
    void emit(SessionNumber caller, std::string_view key, std::string_view data, int hops);
    /// The caller's options, and the mark that keeps messages from going in circles.
    std::string marked(std::string_view options, int hops) const;

    Hub& hub_;
    std::string gateway_id_;
    std::string version_;
};

}  // namespace happn::node
