// What a mesh says when it refuses, and what is said of one that says nothing any more, as gateway::Error:
// {"name":"AccessDenied","code":403,"message":"unauthorized",...}. The object itself goes along untouched as
// the detail.
#pragma once

#include <string_view>

#include "gateway/error.hpp"

namespace happn {

/// The mesh refuses a request. `raw`: the error object of a response's _meta. Any JSON, or empty.
gateway::Error mesh_error(std::string_view raw);

/// A method failed. `raw`: the first argument of its answer, any JSON, or empty. Whatever name and code the
/// method chose, it is no refusal by the mesh; only the mesh itself says that there is no such method.
gateway::Error method_error(std::string_view raw);

/// The same for a login that was refused: 401 and 403 mean that the credential is not accepted.
gateway::Error login_error(std::string_view raw);

/// The session is lost, and what was to be asked has not been carried out.
gateway::Error lost_error(std::string_view why);

/// The session is lost, and nobody knows what has become of what was asked. `who`: should have answered.
gateway::Error unanswered_error(std::string_view who, std::string_view why);

/// Does the mesh say that this session is no longer any good (revoked, expired)?
bool session_is_over(const gateway::Error& error);

}  // namespace happn
