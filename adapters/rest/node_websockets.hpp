// Which upgrades are for the happn node, and which of those it is not told of. Shard's thread.
#pragma once

#include <optional>

#include "adapters/rest/http_message.hpp"
#include "adapters/rest/listener_state.hpp"

namespace rest {

/// Does it ask for a websocket where the node has its own? Others are for the surface to judge.
bool is_for_node(const HttpRequest& request);

/// Why such a request gets none; counted. nullopt: the node may be asked.
std::optional<HttpReply> refusal_of_upgrade(ListenerState& state, const HttpRequest& request, bool has_body);

}  // namespace rest
