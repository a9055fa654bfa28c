// What /ready says: is everything that is required connected and subscribed, and if not, what is missing. A
// value.
#pragma once

#include <string>
#include <vector>

#include "gateway/ports.hpp"

namespace admin {

struct Readiness {
    bool ready = false;
    std::vector<gateway::ConnectionState> connections;
};

/// Ready when every required connection is.
Readiness readiness_of(std::vector<gateway::ConnectionState> connections);

/// `{"ready":false,"connections":[{kind,name,required,ready,detail,reconnects}],"missing":["broker local:
/// connecting"]}`; `missing` names the required connections that are not ready.
std::string to_json(const Readiness& readiness);

}  // namespace admin
