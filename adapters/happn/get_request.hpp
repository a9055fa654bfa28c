// A get of a route's target: what the mesh is asked, and what its answer is to the route.
#pragma once

#include <string>
#include <vector>

#include "adapters/happn/frame.hpp"
#include "adapters/happn/query/pushdown.hpp"
#include "adapters/happn/query/query.hpp"
#include "gateway/ports.hpp"

namespace happn {

/// A value, copied: it can wait for the answer longer than the message lives.
class GetRequest {
public:
    /// `modern`: the mesh speaks happn_4. `with_meta`: items are given as happn gives them, with their
    /// `_meta`, not unwrapped.
    GetRequest(const gateway::Output& output, bool with_meta, bool modern, query::Store store);

    /// Options that cannot be understood: the mesh is not asked then.
    gateway::Result<void> check() const;

    /// The same for all items, without the limit that the mesh was to keep to.
    GetRequest unlimited() const;
    /// Did the limit cut off items while others, within it, are none that are asked for?
    bool cut_too_short(const Frame& answer) const;

    /// Of the request: a JSON object.
    const std::string& options() const { return options_; }

    /// The stored item, or the list of them for a path with wildcards, as far as the query is about them;
    /// null: nothing there. Errors: Errc::bad_request - criteria that cannot be understood.
    gateway::Outcome outcome(const Frame& answer) const;

private:
    std::string path_;
    std::string options_;
    std::string remaining_;
    std::size_t limit_ = 0;  // of what the mesh is asked; 0: none
    query::Naming naming_;
    bool with_meta_;
};

/// What items found under `path` are to a route that asked for it, with their version.
gateway::Outcome get_outcome(std::string_view path,
                             const std::vector<query::Selected>& found,
                             bool with_meta);

}  // namespace happn
