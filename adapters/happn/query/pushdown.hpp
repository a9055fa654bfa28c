// What of a query a mesh's own store is asked, and what is left for the gateway to do with its answer, so
// that a query means the same on every mesh. The stores misread much of MongoDB's language, each in its own
// way (tests/data/query-matrix.json): they lose conditions, heed one operator of several, order values of
// different kinds, skip nothing. So a store is asked only for conditions that none reads more narrowly than
// MongoDB, and all of them are looked at again in what it answers. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace happn::query {

/// What keeps a mesh's items: nedb before happn-3 13, loki since.
enum class Store : std::uint8_t { nedb, loki };

struct Pushdown {
    std::string options;    // of the request to the mesh: a JSON object
    std::string remaining;  // options for select() on the answer; empty: there is nothing left to do
    std::size_t limit = 0;  // items that the mesh is asked for at most; 0: all
};

/// `asked`: {"criteria":{},"fields":{},"sort":{},"limit":1,"skip":1}, or empty.
///
/// A limit is pushed only together with every condition, and with an order that is the same there. Items may
/// still count towards it that the gateway then leaves out: where that happens, the mesh has to be asked
/// again without.
///
/// {"celsius":{"$gte":0,"$lt":6}} becomes, for loki, an $and of {"$or":[{"celsius":{"$gte":0}},
/// {"celsius":{"$type":"array"}}]} and the like: it heeds one operator a name, and looks into no array.
Pushdown push_down(std::string_view asked, Store store);

/// Does a mesh's error say that its store knows no word of loki's? Nothing in a login tells the two apart.
bool is_of_another_store(std::string_view message);

/// The same options as select() takes them, criteria and fields above sort, limit and skip.
std::string select_options(std::string_view asked);

}  // namespace happn::query
