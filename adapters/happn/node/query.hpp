// The options of `get` and `count`: which stored items, in which order, which parts of them. A slow path:
// items are parsed only when criteria, fields or sort ask for it. What is not understood matches nothing
// rather than everything.
//
//   {"criteria":{"u":{"$gte":1}},"fields":{"u":1},"options":{"sort":{"u":-1},"limit":2,"skip":0,"path_only":true}}
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/happn/node/store.hpp"

namespace happn::node {

/// One item as it is answered: the data's own text, or a selection of it.
struct Selected {
    std::string_view path;
    const Item* item = nullptr;
    std::optional<std::string> data;  // set: what `fields` left, a JSON object without _meta
    std::optional<std::string> meta;  // set: what `fields` left of the _meta, a JSON object
};

/// `options` is raw JSON, empty when absent. sort, limit, skip and path_only are found in options.options,
/// and beside criteria and fields too (where the gateway's own targets put them).
std::vector<Selected> select(std::vector<Stored> items, std::string_view options);

}  // namespace happn::node
