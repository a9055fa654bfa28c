// Where a command finds a gateway that runs: at the admin listener that a configuration names, or that is
// named itself.
#pragma once

#include <optional>
#include <string>

#include "adapters/admin/client.hpp"
#include "gateway/settings.hpp"

namespace gateway::app {

struct RunningGateway {
    static constexpr const char* token_variable = "HAPPN_GATEWAY_ADMIN_TOKEN";

    std::string config;  // the configuration it was started with; empty: `admin` counts
    std::string admin;   // HOST:PORT; its token is in the environment, where no list of processes shows it
};

/// nullopt: what is wrong has been said on standard error, and `status` is what the command ends with.
std::optional<admin::Client> client_of(const RunningGateway& gateway, int& status);

/// A listener on all addresses is reached by loopback.
Endpoint reachable(Endpoint listener);

}  // namespace gateway::app
