// What is stored by `set`: JSON objects by path, with their times, in memory and bounded in number and in the
// bytes of paths and data. Data is kept as the bytes that came (validated by whoever calls). Owned by the
// hub; shard's thread. Items come in the order of their paths.
#pragma once

#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/clock.hpp"

namespace happn::node {

struct Item {
    std::string data;  // a JSON object
    gateway::WallTime created = 0;
    gateway::WallTime modified = 0;
};

struct Stored {
    std::string_view path;  // valid until the next change
    const Item* item = nullptr;
};

class Store {
public:
    explicit Store(std::size_t max_items, std::size_t max_bytes = std::numeric_limits<std::size_t>::max())
        : max_items_{max_items}, max_bytes_{max_bytes} {}

    const Item* get(std::string_view path) const;
    /// `*` is any run of characters, slashes included; both ends count. A path without `*` gives that item or
    /// none.
    std::vector<Stored> find(std::string_view pattern) const;

    /// Null: full, and nothing has changed. `created` survives overwriting.
    const Item* set(std::string_view path, std::string data, gateway::WallTime now);
    /// Top-level members of `data` replace those of the stored object or are added.
    const Item* merge(std::string_view path, std::string_view data, gateway::WallTime now);

    std::size_t remove(std::string_view pattern);

    std::size_t size() const { return items_.size(); }
    /// Of all paths and data.
    std::size_t bytes() const { return bytes_; }

private:
    using Items = std::map<std::string, Item, std::less<>>;
    template <typename Visit>
    void visit(std::string_view pattern, Visit&& visit) const;

    Items items_;
    std::size_t max_items_;
    std::size_t max_bytes_;
    std::size_t bytes_ = 0;  // never above max_bytes_
};

/// The data of a `set` as it is stored and published: an object without its `_meta`, anything else as
/// {"value":x}; absent (empty text): {}.
std::string stored_form(std::string_view data);

/// Object.assign on JSON text: members of `base`, replaced by or followed by those of `changes`.
std::string merged(std::string_view base, std::string_view changes);

}  // namespace happn::node
