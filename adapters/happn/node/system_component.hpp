// The built-in component `system`: how the machine and this process are doing, in the shape that happner's
// own tools expect. Told to whoever may call, so less than the real one says: the node's name instead of the
// machine's, and no kernel release. Nothing of arguments, environment, files or users. Owned by the built-in
// components; shard's thread.
#pragma once

#include <string>

#include "gateway/clock.hpp"
#include "gateway/response.hpp"

namespace happn::node {

class SystemComponent {
public:
    SystemComponent(std::string node_name, std::string version);

    gateway::Response info();
    gateway::Response stats();  // since the last time it was asked for

private:
    /// A JSON object; read anew once a second at most, as that is no small work where processors are many.
    const std::string& machine(gateway::TimePoint now);

    std::string node_name_;
    std::string version_;
    gateway::TimePoint started_;
    gateway::TimePoint measured_;
    double cpu_seconds_;  // used by the process when last measured
    std::string machine_;
    gateway::TimePoint machine_read_;
};

}  // namespace happn::node
