// Can a mapped route answer in a way that the client takes? Pure functions.
#pragma once

#include <optional>

#include "adapters/rest/http_message.hpp"
#include "gateway/route.hpp"

namespace rest {

bool is_stream(const gateway::Route& route);

/// Why this client gets no answer of the route; nullopt: it may. To be asked before anything is done, so that
/// nothing is done in vain.
std::optional<HttpReply> not_acceptable(const gateway::Route& route, const HttpRequest& request);

}  // namespace rest
