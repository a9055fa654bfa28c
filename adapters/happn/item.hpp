// What is stored under a path of a mesh. Data are the bytes that came (validated by whoever took them).
// Values, pure.
#pragma once

#include <string>
#include <string_view>

#include "gateway/clock.hpp"

namespace happn {

struct Times {
    gateway::WallTime created = 0;  // of the path: survives overwriting
    gateway::WallTime modified = 0;
};

struct Item {
    std::string data;  // a JSON object
    Times times;
    std::string tag;  // raw JSON; of a copy that an old client has tagged, else empty
};

/// An item where it is kept: valid during the call it is handed to.
struct ItemView {
    std::string_view path;
    std::string_view data;
    Times times;
    std::string_view tag;
    std::string_view meta;  // raw JSON: the `_meta` that came with it from a mesh, else empty
};

/// The data of a `set` as it is stored and published: an object without its `_meta`, anything else as
/// {"value":x}; absent (empty text): {}.
std::string stored_form(std::string_view data);

}  // namespace happn
