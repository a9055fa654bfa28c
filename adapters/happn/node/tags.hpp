// Tags and siblings: what clients before happn-3 4 store under paths that the node makes up. Measured on
// happn-3 1.12.1.
#pragma once

#include <string>
#include <string_view>

#include "adapters/happn/node/store/store.hpp"

namespace happn::node {

struct Tagged {
    std::string path;  // /_TAGS/<path of the original>/<ms>_<32 hexadecimal digits>
    std::string
        data;  // the whole original as its store keeps it: {"data":..,"_meta":{"path":..},"created":..,..}
    Times times;
};

/// Copies what is stored under `path` to a path of its own. Where nothing is, an empty item is made first.
/// `tag` is raw JSON. Errors: the store's.
gateway::Result<Tagged> tag_item(Store& store, std::string_view path, std::string_view tag);

/// <path>/<ms>_<32 hexadecimal digits>
std::string sibling_path(std::string_view path);

}  // namespace happn::node
