#include "gateway/sync/pairs.hpp"

#include <utility>

namespace gateway::sync {
namespace {

struct Halves {
    const Route* a_to_b = nullptr;
    const Route* b_to_a = nullptr;
};

std::map<std::string, Halves, std::less<>> halves_of(const RoutingTable& table) {
    std::map<std::string, Halves, std::less<>> all;
    for (const Route& route : table.routes()) {
        if (!route.sync_pair) continue;
        Halves& halves = all[*route.sync_pair];
        (route.from_b ? halves.b_to_a : halves.a_to_b) = &route;
    }
    return all;
}

}  // namespace

void Pairs::apply(const std::shared_ptr<const RoutingTable>& table) {
    auto before = std::exchange(pairs_, {});
    for (const auto& [name, halves] : halves_of(*table)) {
        if (halves.a_to_b == nullptr || halves.b_to_a == nullptr) continue;
        auto known = before.extract(name);
        const bool same = !known.empty() && known.mapped()->is_made_of(*halves.a_to_b, *halves.b_to_a);
        auto pair = same ? std::move(known.mapped()) : std::make_shared<Pair>(host_, max_values_);
        if (!same && !known.empty()) known.mapped()->stop();
        pair->bind(table, *halves.a_to_b, *halves.b_to_a);
        pairs_.emplace(name, std::move(pair));
    }
    for (const auto& [name, pair] : before)
        pair->stop();
}

std::shared_ptr<Pair> Pairs::find(std::string_view name) const {
    const auto found = pairs_.find(name);
    return found == pairs_.end() ? nullptr : found->second;
}

void Pairs::joined(const ConnectionName& connection) {
    there_.insert(connection);
    const auto pairs = pairs_;  // a reload may come from within
    for (const auto& [name, pair] : pairs) {
        const ConnectionName a = pair->connection(End::a), b = pair->connection(End::b);
        if (a != connection && b != connection) continue;
        if (there_.contains(a) && there_.contains(b)) pair->start();
    }
}

void Pairs::lost(const ConnectionName& connection) {
    if (there_.erase(connection) == 0) return;
    for (const auto& [name, pair] : pairs_) {
        if (pair->connection(End::a) == connection || pair->connection(End::b) == connection) pair->lost();
    }
}

}  // namespace gateway::sync
