// A token is given back to a secure mesh, which takes it over HTTP alone (`/auth/logout`), if its
// configuration has `allowLogoutOverHttp`: the newest generation only, protocol/happn.md section 1.5.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <optional>

#include "adapters/happn/destination.hpp"
#include "gateway/clock.hpp"
#include "gateway/error.hpp"
#include "gateway/principal.hpp"

namespace happn {

/// `done` is called once, never from within, at the deadline at the latest. No error: the mesh has revoked
/// the token. Else Unauthorized (it is no good already), AccessDenied (the mesh does not allow it), NotFound
/// (it has no such page), MeshError, Unavailable or Timeout. On the io_context's thread.
void logout_over_http(boost::asio::io_context& io,
                      const Destination& mesh,
                      const gateway::Secret& token,
                      gateway::TimePoint deadline,
                      std::function<void(std::optional<gateway::Error>)> done);

}  // namespace happn
