// A store's items as a query looks at them.
#pragma once

#include "adapters/happn/node/store/store.hpp"
#include "adapters/happn/query/query.hpp"

namespace happn::node {

/// Those that `pattern` names, in the order of their paths. Valid as long as both are.
inline query::Items stored_items(Store& store, std::string_view pattern) {
    return {pattern,
            [&store, pattern](const query::Items::Visit& visit) { return store.find(pattern, visit); },
            true};
}

}  // namespace happn::node
