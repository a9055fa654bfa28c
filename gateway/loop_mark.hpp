// The mark that keeps messages from going in circles: `hg` = "<gateway id>;<hops>", an MQTT 5 user property
// and a key of happn's `options.meta`, which reaches subscribers in `_meta`; of HTTP requests a header.
#pragma once

#include <string>
#include <string_view>

#include "gateway/message.hpp"

namespace gateway {

inline constexpr std::string_view loop_mark_name = "hg";
inline constexpr std::string_view loop_mark_header = "X-Happn-Gateway";  // of HTTP requests

std::string loop_mark(std::string_view gateway_id, int hops);

/// A mark that is not ours to understand counts as no mark: strangers may write anything there.
Origin read_loop_mark(std::string_view mark);

}  // namespace gateway
