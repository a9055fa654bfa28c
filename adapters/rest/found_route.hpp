// What the routes have for one request: looked for once, and again only where they have been reloaded since.
// Part of the request that it is for, and copied with it. Shard's thread.
#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "gateway/router.hpp"

namespace rest {

class FoundRoute {
public:
    /// Of the same request each time.
    const gateway::HttpMatch& by(const gateway::Router& router,
                                 std::string_view method,
                                 std::string_view path) {
        if (table_ != router.table()) {
            match_ = router.match_http(method, path);
            table_ = router.table();
        }
        return match_;
    }

    /// The last use: what the route's pattern has bound is handed over.
    gateway::Captures take_captures() {
        table_.reset();
        return std::exchange(match_.captures, {});
    }

private:
    std::shared_ptr<const gateway::RoutingTable> table_;  // that it was found by; null: not looked for yet
    gateway::HttpMatch match_;
};

}  // namespace rest
