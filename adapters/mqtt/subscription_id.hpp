// Subscription identifiers (MQTT 5.0 section 3.8.2.1.2) that say which filter a message came by, in this run
// of the gateway and in later ones: each is made of its filter's text alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gateway::mqtt {

/// 1 to 268,435,455.
std::uint32_t subscription_id(std::string_view filter);

/// A filter is found by trying all that match a topic: not for topics of very many levels.
bool is_searchable(std::string_view topic);
/// The filter that `id` was made of, if it matches `topic`, which is searchable.
std::optional<std::string> filter_of(std::uint32_t id, std::string_view topic);

}  // namespace gateway::mqtt
