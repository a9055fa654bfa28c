// What a source that waits is told: the route's `respond` over an answer, its `errors` over a failure. Pure.
#pragma once

#include "gateway/response.hpp"
#include "gateway/route.hpp"

namespace gateway {

/// `evaluation.answer` holds the answer. Fails with Errc::refused where a template of `respond` cannot make
/// anything of it.
Result<Response> shape_answer(const Route& route, const Evaluation& evaluation);

/// Of a stream: what stands before its items.
Result<Response> shape_opening(const Route& route, const Evaluation& evaluation);
/// Of a stream: one item, which is `evaluation.answer`.
Result<Payload> shape_item(const Route& route, const Evaluation& evaluation);

/// The first of the route's `errors` that fits, else the gateway's defaults. The error stays in
/// Response::error. What a template of that entry cannot make is left out.
Response shape_error(const Route& route, Error error, const Evaluation& evaluation);

}  // namespace gateway
