// The keys of `delivery`. Constants.
#pragma once

#include "mappings/language/http_target_keys.hpp"
#include "mappings/language/shapes.hpp"

namespace mappings::keys {

inline constexpr std::array<std::string_view, 2> delivery_words{"at-most-once", "at-least-once"};
inline constexpr Shape guarantee = choice(delivery_words);

inline constexpr std::array delivery_retry_keys{
    Key{"max", &retry_count, "Attempts beyond the first, of those that reach a target; default 20."},
    Key{"backoff", &text, "The first and the longest wait; default 1s..1m."},
    Key{"when", &texts, "What for: network, codes, ranges; default [network, 429, 5xx]."},
};
inline constexpr Table delivery_retry_table{
    "a retry of a delivery", "When a message that failed is tried again.", delivery_retry_keys};
inline constexpr Shape delivery_retry = map_of(delivery_retry_table);

inline constexpr std::array delivery_keys{
    Key{"guarantee", &guarantee, "at-most-once: nothing is kept on disk. at-least-once: by the spool.", true},
    Key{"order", &text, "Messages for which this is the same are delivered in order; default: the address."},
    Key{"ttl", &duration, "Given up so long after it has arrived."},
    Key{"retry", &delivery_retry, "When a message that failed is tried again."},
};
inline constexpr Table delivery_table{"a delivery", "What is done for a message to arrive.", delivery_keys};
inline constexpr Shape delivery_map = map_of(delivery_table);
inline constexpr Shape delivery{.kind = Kind::by_kind, .scalar = &guarantee, .map = &delivery_map};
inline constexpr std::string_view delivery_doc =
    "at-most-once, the default: nothing is kept on disk. at-least-once, or { guarantee, order, ttl, retry }.";

}  // namespace mappings::keys
