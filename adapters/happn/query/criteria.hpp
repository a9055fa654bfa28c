// Which items a get, count or remove is about: the criteria of happn, which are those of MongoDB's find.
//
//   {"u":{"$gte":1,"$lt":5},"tags":"red","o.x":{"$in":[1,2]},"$or":[{"path":"/a"},{"_meta.created":{"$gt":5}}]}
//
// Where happn-3 1.12.1 and 13.12.1 agree (tests/data/query-matrix.json), so does this; where one of them
// fails or they differ from each other, MongoDB's documentation of the operator decides. Compiled once a
// request, then asked once an item. Values, no state.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>

#include "adapters/happn/query/field_name.hpp"
#include "gateway/error.hpp"

namespace happn::query {

class Criteria {
public:
    /// Everything.
    Criteria() = default;
    /// Of an object. Errc::bad_request: an operator is unknown or has the wrong kind of value.
    /// `nesting`: of criteria in criteria.
    static gateway::Result<Criteria> compile(const nlohmann::json& criteria, Naming naming, int nesting = 0);

    static Criteria nothing();

    bool everything() const { return !test_; }
    bool match(const Subject& subject) const { return !test_ || test_(subject); }

private:
    std::function<bool(const Subject&)> test_;
};

}  // namespace happn::query
