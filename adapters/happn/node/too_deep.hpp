// Frames that are nested too deeply are not read. Their senders are told so, in an answer to the request, as
// far as it can be made out. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace happn::node {

/// The request without its data and options, if its depth is what keeps it from being read. nullopt: it is
/// not, or there is no request to answer.
std::optional<std::string> without_depth(std::string_view text);

}  // namespace happn::node
