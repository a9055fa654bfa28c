// Topic names and topic filters as MQTT 5.0 section 4.7 defines them. Pure functions; a literal topic is a
// filter, too.
#pragma once

#include <string>
#include <string_view>

namespace gateway::mqtt {

/// May be published to: 1 to 65535 bytes of UTF-8 without NUL, `+` and `#`.
bool legal_topic(std::string_view topic);

/// May stand in a user property, content type and the like: at most 65535 bytes of UTF-8 without NUL.
bool legal_text(std::string_view text);

/// Does every topic that `narrow` matches also match `wide`? `a/#` covers `a`; wildcards never cover a first
/// level that starts with `$`.
bool covers(std::string_view wide, std::string_view narrow);

inline bool matches(std::string_view filter, std::string_view topic) {
    return covers(filter, topic);
}

/// "$share/group/filter" (MQTT 5.0 section 4.8.2).
inline bool is_shared(std::string_view filter) {
    return filter.starts_with("$share/");
}

/// Is there a topic that both match?
bool overlap(std::string_view one, std::string_view other);

/// The narrowest filter made level by level that covers both; only for filters that overlap.
std::string common_filter(std::string_view one, std::string_view other);

}  // namespace gateway::mqtt
