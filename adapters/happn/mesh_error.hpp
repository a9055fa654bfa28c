// What a mesh says when it refuses, as gateway::Error:
// {"name":"AccessDenied","code":403,"message":"unauthorized",...}. The object itself goes along untouched as
// the detail.
#pragma once

#include <string_view>

#include "gateway/error.hpp"

namespace happn {

/// `raw`: the error object of a response's _meta, or the first argument of a failed exchange answer. Any
/// JSON, or empty.
gateway::Error mesh_error(std::string_view raw);

/// The same for a login that was refused: 401 and 403 mean that the credential is not accepted.
gateway::Error login_error(std::string_view raw);

/// Does the mesh say that this session is no longer any good (revoked, expired)?
bool session_is_over(const gateway::Error& error);

}  // namespace happn
