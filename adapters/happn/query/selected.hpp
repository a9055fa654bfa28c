// One item as a query answers it. Values, pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/happn/item.hpp"

namespace happn::query {

struct Selected {
    std::string path;
    std::string data;  // a JSON object without _meta: what is stored, or what `fields` left of it
    Times times;
    std::string tag;
    std::optional<std::string>
        meta;  // set: the _meta as its mesh gave it, or what `fields` left of it; an object
};

/// Its `_meta`, as clients of happn-3 13 get it: {"created":1,"modified":2,"path":"/a"}.
std::string item_meta(const Selected& selected);

/// The data with `meta` inside as `_meta`.
std::string with_meta(const Selected& selected, std::string_view meta);

}  // namespace happn::query
