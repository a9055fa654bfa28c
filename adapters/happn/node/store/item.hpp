// What is stored under a path. Data is kept as the bytes that came (validated by whoever calls). Values,
// pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/clock.hpp"

namespace happn::node {

struct Times {
    gateway::WallTime created = 0;  // of the path: survives overwriting
    gateway::WallTime modified = 0;
};

struct Item {
    std::string data;  // a JSON object
    Times times;
    std::string tag;  // raw JSON; of a copy that an old client has tagged, else empty
};

/// An item in its store: valid during the call it is handed to.
struct ItemView {
    std::string_view path;
    std::string_view data;
    Times times;
    std::string_view tag;
};

/// The data of a `set` as it is stored and published: an object without its `_meta`, anything else as
/// {"value":x}; absent (empty text): {}.
std::string stored_form(std::string_view data);

/// What a merge makes of members whose new value is null. Servers before happn-3 4 keep the old one.
enum class Nulls : std::uint8_t { replace, keep_old };

/// Object.assign on JSON text: members of `base`, replaced by or followed by those of `changes`.
std::string merged(std::string_view base, std::string_view changes, Nulls nulls = Nulls::replace);

}  // namespace happn::node
