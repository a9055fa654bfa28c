// The options of `get`, `count` and `remove`: which items, in which order, which parts of them. A slow
// path: items are parsed only when criteria, fields or sort ask for it.
//
//   {"criteria":{"u":{"$gte":1}},"fields":{"u":1},"options":{"sort":{"u":-1},"limit":2,"skip":0,"path_only":true}}
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/happn/item.hpp"
#include "adapters/happn/query/criteria.hpp"
#include "adapters/happn/query/selected.hpp"

namespace happn::query {

/// Where the items come from.
struct Items {
    /// False: enough.
    using Visit = std::function<bool(const ItemView&)>;

    std::string_view path;  // asked for, for errors
    std::function<gateway::Result<void>(const Visit&)> each;
    /// Among equals of a sort, for current clients, the oldest is first; else they stay as they are given.
    bool sorted_by_age = false;
};

/// Those that a request with these options is about. `options` is raw JSON, empty when absent; what is of
/// the wrong kind counts as not said. Items are looked at as they are given, and only those that the
/// criteria let pass are copied. Errors: those of `items`; Errc::overloaded - paths and data of
/// the result are larger than `max_bytes`; Errc::bad_request - criteria that cannot be understood, more names
/// than over_limits() allows, or a feature that no store here has (aggregate, collation).
gateway::Result<std::vector<Selected>> select(const Items& items,
                                              std::string_view options,
                                              Naming naming,
                                              std::size_t max_bytes = SIZE_MAX);

/// The errors that select() would find in the options, before there are any items.
gateway::Result<void> check(std::string_view path, std::string_view options, Naming naming);

/// How many they are.
gateway::Result<std::size_t> count(const Items& items, std::string_view options, Naming naming);

}  // namespace happn::query
