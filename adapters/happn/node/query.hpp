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

#include "adapters/happn/node/store/store.hpp"

namespace happn::node {

/// One item as it is answered.
struct Selected {
    std::string path;
    std::string data;  // a JSON object without _meta: what is stored, or what `fields` left of it
    Times times;
    std::string tag;
    std::optional<std::string> meta;  // set: what `fields` left of the _meta, a JSON object
};

/// The items of the store that a get or count with these options is about. `options` is raw JSON, empty when
/// absent. sort, limit, skip and path_only are found in options.options, and beside criteria and fields too
/// (where the gateway's own targets put them). Items are looked at as the store gives them, and only those
/// that the criteria let pass are copied.
gateway::Result<std::vector<Selected>> select(Store& store,
                                              std::string_view pattern,
                                              std::string_view options);

}  // namespace happn::node
