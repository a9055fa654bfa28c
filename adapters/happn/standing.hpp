// Whose right a request may use on a mesh: what is refused here, before the mesh could take it for somebody
// else's. Pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "adapters/happn/session_fsm.hpp"
#include "gateway/error.hpp"
#include "gateway/principal.hpp"

namespace happn {

/// The mesh's own administrator. Delegation to it is let through as the caller itself (measured on happn-3
/// 13.12.1).
inline constexpr std::string_view administrator = "_ADMIN";

/// Why nobody can be acted for by this session; nullopt: it can, or nobody is named. Meshes of the old
/// dialect ignore the option: the request would be done with the session's own right.
std::optional<gateway::Error> delegation_refusal(std::string_view on_behalf_of, const SessionFacts& facts);

/// Why this caller's token must not be shown to this mesh; nullopt: it may, or it is not said whose it is.
std::optional<gateway::Error> foreign_token(const gateway::Principal& who, std::string_view mesh);

}  // namespace happn
