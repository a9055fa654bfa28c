// A member of a JSON object that is expected to be a string. Pure.
#pragma once

#include <string>
#include <string_view>

#include "adapters/happn/frame.hpp"
#include "gateway/json.hpp"

namespace happn {

/// Its text; empty: there is none, or it is no string.
inline std::string text_member(std::string_view object, std::string_view key) {
    const auto raw = gateway::json::member(object, key);
    return raw ? text_of(*raw) : std::string{};
}

}  // namespace happn
