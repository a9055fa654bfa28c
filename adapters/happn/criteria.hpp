// Criteria of a `get`, in the words that the mesh's store understands (protocol/happn.md, "Queries"; what
// each store makes of 350 queries: tests/data/query-matrix.json). Pure.
#pragma once

#include <string>
#include <string_view>

namespace happn {

/// Means the same to a store that heeds only one of several operators under one name, as those of happn_4
/// servers do: {"n":{"$gte":0,"$lt":6}} becomes {"$and":[{"n":{"$gte":0}},{"n":{"$lt":6}}]}. Criteria without
/// such names, and what is no JSON object, stay as they are.
std::string one_operator_a_name(std::string_view criteria);

}  // namespace happn
