// The executions of routes that have no outcome yet. A slot map: a delivery id names a slot, the slot's
// generation and one target, so that an answer that comes too late finds nothing. Open deliveries wait in one
// heap by deadline.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/metrics.hpp"
#include "gateway/ports.hpp"
#include "gateway/response.hpp"
#include "gateway/routing_table.hpp"
#include "gateway/sync/pair.hpp"

namespace gateway {

/// Why something was not done: what the caller is told, and the reason it is counted by (empty: by the
/// error's kind).
struct Failure {
    Error error;
    std::string reason;
};

/// A stream that one target keeps open.
struct StreamState {
    std::shared_ptr<const AddressPattern> pattern;
    StreamReader* reader = nullptr;  // null: not open yet, or it has gone
    std::optional<TimePoint> opened;
};

/// What became of one target.
struct TargetState {
    Sink* sink = nullptr;
    bool open = false;  // delivered, no outcome yet
    bool ran = false;
    std::optional<Failure> failure;
    Payload answer;
    std::vector<Bytes> answers;
    std::string version;
    std::unique_ptr<StreamState> stream;  // of a stream target
};

/// One message on one route, from match to outcome.
struct Execution {
    std::shared_ptr<const RoutingTable> table;  // keeps `route` alive across reloads
    const Route* route = nullptr;
    RouteCounters* counters = nullptr;
    Captures captures;
    Message message;
    Payload payload;  // decoded
    Payload out;      // after `map`, where there is one
    Responder responder;
    std::vector<TargetState> targets;
    std::size_t waiting = 0;
    TimePoint started;
    std::int64_t guaranteed = 0;         // its id where it is kept, which hears of the end; 0: nowhere
    std::uint64_t number = 0;            // of this gateway's executions: {message.id}
    std::unique_ptr<sync::Carry> carry;  // of a two-way route
};

class Executions {
public:
    static constexpr std::size_t max_targets = 256;
    static constexpr std::size_t max_slots = std::size_t{1} << 24U;

    using Slot = std::uint32_t;

    Slot add(Execution execution);
    Execution& at(Slot slot) { return *entries_[slot].execution; }
    const Execution& at(Slot slot) const { return *entries_[slot].execution; }
    Execution remove(Slot slot);
    std::size_t size() const { return size_; }

    DeliveryId delivery(Slot slot, std::size_t target) const;
    struct Found {
        Slot slot;
        std::size_t target;
    };
    /// nullopt: that delivery has its outcome already.
    std::optional<Found> find(DeliveryId id) const;

    /// True if it is the earliest deadline now.
    bool expect(DeliveryId id, TimePoint deadline);
    /// Takes the next open delivery whose deadline is at or before `now`.
    std::optional<DeliveryId> take_expired(TimePoint now);
    std::optional<TimePoint> next_deadline();

    template <typename Visit>
    void for_each(const Visit& visit) const {
        for (Slot slot = 0; slot < entries_.size(); ++slot) {
            if (entries_[slot].execution) visit(slot);
        }
    }

private:
    struct Entry {
        std::unique_ptr<Execution> execution;
        std::uint32_t generation = 0;
    };
    struct Due {
        TimePoint deadline;
        DeliveryId id;
    };
    bool is_open(DeliveryId id) const;
    void forget_closed();

    std::vector<Entry> entries_;
    std::vector<Slot> free_;
    std::vector<Due> due_;  // a heap, earliest first; closed deliveries leave it late
    std::size_t size_ = 0;
};

}  // namespace gateway
