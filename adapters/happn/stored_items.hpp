// What a get has answered, item by item, whether there are several or one. Pure.
#pragma once

#include <string>
#include <vector>

#include "adapters/happn/frame.hpp"

namespace happn {

struct StoredItem {
    std::string path;
    std::string data;  // raw, as the mesh gives it
    std::string meta;  // raw: `created`, `modified` ...
};

/// `path`: what was asked for. With wildcards the answer is a list, else one item or null.
std::vector<StoredItem> stored_items(const Frame& answer, const std::string& path);

}  // namespace happn
