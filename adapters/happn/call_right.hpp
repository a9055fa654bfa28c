// May a session call a method? The mesh judges a request before it looks at what there is: so it is asked by
// the one that a call would make, marked to be neither kept nor told to anybody, so that nothing runs.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "adapters/happn/client_session.hpp"
#include "gateway/error.hpp"

namespace happn {

/// `path`: of the request. `on_behalf_of`: a user name; empty: nobody else. `done` gets the mesh's refusal,
/// or why it could not be asked.
void ask_for_right(ClientSession& session,
                   const std::string& path,
                   const std::string& on_behalf_of,
                   gateway::TimePoint deadline,
                   const std::function<void(std::optional<gateway::Error>)>& done);

}  // namespace happn
