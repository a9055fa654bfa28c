// The criteria of a query with templates in them. What the mapping writes may hold operators; what a template
// puts in is only ever compared with, so that no message can widen what a query finds. Pure.
#pragma once

#include "gateway/expression/object_map.hpp"

namespace gateway {

/// A JSON object. What the mapping writes under a name counts, not what a spread brings under it. Refused: a
/// value that is absent (absent), since without its condition the query would find more; a value with a name
/// in it, at any depth, that begins with `$` (parameters). Criteria that are one template are given by the
/// data as a whole, operators and all; they must be an object (else parameters).
Expanded<Value> render_criteria(const ObjectMap& criteria, const Evaluation& evaluation);

}  // namespace gateway
