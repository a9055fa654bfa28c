// Puts what at-least-once routes take into the spool before the broker is told that it has arrived: the
// library acknowledges a QoS 1 or 2 message when the callback that brings it returns. apply() and forget() on
// the shard's thread, the others on the library's.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "adapters/mqtt/wire.hpp"
#include "gateway/address_tree.hpp"
#include "gateway/routing_table.hpp"
#include "gateway/spool/spool_file.hpp"

namespace gateway::mqtt {

class ArrivalKeeper {
public:
    /// `file`: null, nothing is kept; else it outlives this.
    ArrivalKeeper(spool::SpoolFile* file, std::string broker);

    void apply(std::shared_ptr<const RoutingTable> table);

    /// Gives the id it is kept by; 0: no route asks for that, or the spool cannot take it.
    std::int64_t keep(const Arrival& arrival);
    /// It is a copy of one that is kept already.
    void forget(std::int64_t id);

    /// So little room is left that the broker had better keep what it has.
    bool nearly_full() const;

private:
    struct Wanted {
        std::shared_ptr<const RoutingTable> table;  // owns the patterns
        AddressTree<const AddressPattern*> topics;
    };
    std::shared_ptr<const Wanted> wanted() const;
    bool wants(const std::string& topic) const;

    spool::SpoolFile* const file_;
    const std::string broker_;
    mutable std::mutex mutex_;  // of wanted_
    std::shared_ptr<const Wanted> wanted_;
};

}  // namespace gateway::mqtt
