// All two-way routes of the table in force, and which of the connections they lie on are there. On the
// shard's thread; owned by the dispatcher.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "gateway/sync/pair.hpp"

namespace gateway::sync {

class Pairs {
public:
    Pairs(Host& host, std::size_t max_values) : host_{host}, max_values_{max_values} {}

    /// A route that is written as before keeps what is known of it. What is new is compared when its
    /// connections say that they are there.
    void apply(const std::shared_ptr<const RoutingTable>& table);
    std::shared_ptr<Pair> find(std::string_view name) const;

    /// It is there, and subscribed to all the table asks for. May be said again.
    void joined(const ConnectionName& connection);
    void lost(const ConnectionName& connection);

private:
    Host& host_;
    std::size_t max_values_;
    std::map<std::string, std::shared_ptr<Pair>, std::less<>> pairs_;
    std::set<ConnectionName> there_;
};

}  // namespace gateway::sync
