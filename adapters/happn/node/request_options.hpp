// The `options` of a request: what a client may ask beside action, path and data. Unknown ones are ignored,
// as happn does; a value of the wrong type counts as none.
#pragma once

#include <cstdint>
#include <string_view>

#include "adapters/happn/node/publisher.hpp"
#include "adapters/happn/node/store/merge.hpp"

namespace happn::node {

/// Views are raw JSON into the frame.
struct RequestOptions {
    bool no_store = false;
    bool no_publish = false;
    bool merge = false;
    Nulls merged_nulls = Nulls::replace;  // not a client's to choose: its generation decides
    bool no_data_response = false;
    bool no_cluster = false;
    bool publish_results = false;
    bool null_value = false;  // the data is null, and may have been lost on the way
    bool sibling = false;     // set_type: an item of its own below the path
    bool bulk = false;        // upsertType 3: nothing is published
    bool initial_callback = false;
    bool initial_emit = false;
    int consistency = consistency_transactional;
    std::int64_t listener = -1;
    int depth = 0;
    std::string_view targets;
    std::string_view meta;
    std::string_view reference;  // referenceId
    std::string_view increment;
    std::string_view tag;

    static RequestOptions parse(std::string_view raw);
};

}  // namespace happn::node
