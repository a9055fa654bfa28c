#include "adapters/happn/node/store/store.hpp"

#include "adapters/happn/node/store/memory_store.hpp"
#include "adapters/happn/node/store/sqlite_store.hpp"

namespace happn::node {

gateway::Error store_full() {
    return {gateway::Errc::overloaded, "the store is full"};
}

StoreLimits limits_of(const gateway::NodeSettings& settings) {
    return {settings.max_items, settings.max_store_bytes};
}

gateway::Result<std::unique_ptr<Store>> open_store(const gateway::NodeSettings& settings) {
    if (settings.store_file.empty()) {
        return std::unique_ptr<Store>{std::make_unique<MemoryStore>(limits_of(settings))};
    }
    return open_sqlite_store(settings.store_file, limits_of(settings));
}

}  // namespace happn::node
