// What a secure mesh says that a user may call. Only the mesh knows, and it says so over HTTP alone
// (`GET /rest/describe`, protocol/happn.md section 8).
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "adapters/happn/destination.hpp"
#include "gateway/clock.hpp"
#include "gateway/error.hpp"
#include "gateway/mesh.hpp"
#include "gateway/principal.hpp"

namespace happn {

/// `token`: the user's own. `domain`: of the mesh; exchange paths begin with it. `done` is called once, never
/// from within, at the deadline at the latest. Fails with Unauthorized, AccessDenied (no right to ask),
/// MeshError, Unavailable or Timeout. On the io_context's thread.
void describe_over_http(
    boost::asio::io_context& io,
    const Destination& mesh,
    const gateway::Secret& token,
    std::string domain,
    gateway::TimePoint deadline,
    std::function<void(gateway::Result<std::shared_ptr<const gateway::MeshDescription>>)> done);

}  // namespace happn
