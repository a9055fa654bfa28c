// What a route's happn target asks of a mesh, done over a session, and what the mesh's answer is to the
// route.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "adapters/happn/client_session.hpp"
#include "adapters/happn/frame.hpp"
#include "gateway/message.hpp"
#include "gateway/ports.hpp"
#include "gateway/route.hpp"

namespace happn {

/// A target's rule without its templates, so that it can wait for a session longer than the table lives.
struct TargetRequest {
    TargetRequest(const gateway::HappnTarget& rule, gateway::Action action);

    gateway::HappnTarget::Verb verb;
    bool merge;
    bool no_store;
    bool no_publish;
    bool with_meta;  // items of a get as happn gives them, with their `_meta`, not unwrapped
    gateway::Consistency consistency;

    /// Does the answer to a set have to bring the stored object? Only a merge stores something else than was
    /// sent.
    bool needs_stored() const { return merge && !no_store; }
    /// Is it done only when every subscriber has acknowledged it?
    bool waits_for_subscribers() const {
        return consistency == gateway::Consistency::acknowledged && !no_publish &&
               verb != gateway::HappnTarget::Verb::get;
    }
};

/// `mark`: the gateway's loop mark. `done` is called exactly once, possibly from within.
void send_request(ClientSession& session,
                  const TargetRequest& request,
                  const gateway::Output& output,
                  std::string_view mark,
                  std::function<void(gateway::Outcome)> done);

/// `options` of a set or a remove. `modern`: the dialect knows noDataResponse and onBehalfOf.
std::string write_options(const TargetRequest& request,
                          const gateway::Output& output,
                          std::string_view mark,
                          bool modern);
/// How many items were removed.
gateway::Payload remove_answer(const Frame& frame);

}  // namespace happn
