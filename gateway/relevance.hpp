// What a route makes of a message before anything of it is decoded: whether it is for this route at all, and
// what it means there. Pure functions.
#pragma once

#include <string_view>

#include "gateway/message.hpp"
#include "gateway/route.hpp"

namespace gateway {

/// Whether the route's source asked for it. Sources that differ only in what they ask for share a
/// subscription, so that brokers and meshes cannot tell them apart.
bool wants(const Route& route, const Message& message, std::string_view gateway_id);

/// An empty retained MQTT message clears the topic: for a target with `on_empty` or `on_remove` that is a
/// remove. Where nothing shows whether it was retained, every empty one is.
bool clears(const Route& route, const Message& message);

/// Whether a remove at the source, of an item or of what a topic keeps, means anything to this target.
bool sends_on_remove(const Target& target, const Message& remove);

/// How the source's payload is read.
Decode decode_of(const Route& route);

}  // namespace gateway
