// The port of what keeps the node's items: JSON objects by path, with their times; bounded in number and in
// the bytes of paths and data. Owned by the hub; shard's thread. When a call returns, what it changed is as
// durable as the store makes it.
//
// Errors: Errc::overloaded - full, and nothing has changed; Errc::unavailable - the store itself fails (a
// full disk), with its own words in the message.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/happn/item.hpp"
#include "gateway/error.hpp"
#include "gateway/settings.hpp"

namespace happn::node {

struct StoreLimits {
    std::size_t items = 0;
    std::size_t bytes = 0;  // of all paths and data
};

class Store {
public:
    /// False: enough.
    using Visit = std::function<bool(const ItemView&)>;

    virtual ~Store() = default;

    virtual gateway::Result<std::optional<Item>> get(std::string_view path) = 0;

    /// In the order of paths (bytes). `*` in the pattern is any run of characters, slashes included; both
    /// ends count. A pattern without `*` gives that item or none. The time it takes depends on the items that
    /// begin or that end as the pattern does, whichever are fewer. `visit` must not change the store.
    virtual gateway::Result<void> find(std::string_view pattern, const Visit& visit) = 0;

    /// `item.times.created` counts only for a new path. Gives the times as stored.
    virtual gateway::Result<Times> put(std::string_view path, const Item& item) = 0;

    /// All or, on an error, none of them. How many there were.
    virtual gateway::Result<std::size_t> remove(std::string_view pattern) = 0;
    virtual gateway::Result<std::size_t> remove_paths(const std::vector<std::string>& paths) = 0;

    virtual std::size_t size() const = 0;
    virtual std::size_t bytes() const = 0;
};

gateway::Error store_full();

StoreLimits limits_of(const gateway::NodeSettings& settings);

/// As the settings say: in memory, or in an SQLite file; the error says why that cannot be opened.
gateway::Result<std::unique_ptr<Store>> open_store(const gateway::NodeSettings& settings);

}  // namespace happn::node
