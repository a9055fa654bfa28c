// The hot path: match, decode, map, hand each output to its sink, and bring the answer back to the source.
// One per shard, on the shard's thread. Keeps every execution until all its targets have an outcome or its
// deadline has passed, so that the sum rule (matched = delivered + filtered + refused + dropped + dead +
// pending) holds at any moment.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/clock.hpp"
#include "gateway/guarantor.hpp"
#include "gateway/metrics.hpp"
#include "gateway/ports.hpp"
#include "gateway/response.hpp"
#include "gateway/router.hpp"

namespace gateway {

/// Where the dispatcher finds the sinks of a table's brokers and meshes. Null: not configured.
class SinkDirectory {
public:
    virtual ~SinkDirectory() = default;
    virtual Sink* broker(std::string_view name) = 0;
    virtual Sink* mesh(std::string_view name) = 0;
    virtual Sink* services() { return nullptr; }  // of HTTP targets, whatever their host
};

struct DispatcherOptions {
    std::string gateway_name = "gateway";
    std::string gateway_id;  // unique per process: the mark on all it sends
    int max_hops = 8;        // a message that passed more gateways or routes than this is refused (hops)
    std::size_t max_pending = 100'000;  // executions at once; beyond that new ones are dropped (overloaded)
    std::size_t max_sync_values = 10'000;  // of one two-way route, that are remembered and compared
};

class Dispatcher final : public Outcomes {
public:
    Dispatcher(DispatcherOptions options, SinkDirectory& sinks, Metrics& metrics);
    ~Dispatcher() override;

    void apply(std::shared_ptr<const RoutingTable> table);
    const Router& router() const;

    /// Who takes over what must not be lost; outlives this. Without one all routes are at-most-once.
    void guarantor(Guarantor& guarantor);

    /// A message of a broker or a mesh: runs every route that matches. `responder` (an MQTT request) is
    /// answered by the first route that answers, or not called at all: then false is returned and the adapter
    /// says so. `kept`: its id, if the guarantor has it already.
    bool receive(Message message, Responder responder = {}, std::int64_t kept = 0);

    /// A message that an earlier run has kept as `kept` and found no route for yet: those that guarantee take
    /// it.
    void recover(Message message, std::int64_t kept);

    /// A connection that two-way routes lie on is there and subscribed to all the table asks for: what
    /// changes there from now on comes. Each time, also after a new table.
    void joined(const ConnectionName& connection);
    /// What changes there from now on may not come.
    void lost(const ConnectionName& connection);

    /// One attempt at a message that the guarantor keeps as `id`, to which on_attempt_ended says what became
    /// of it.
    void attempt(const Route& route, Captures captures, Message message, std::int64_t id);

    /// An HTTP request or a call whose route the adapter has already found with router(). `responder` is
    /// always called.
    void run(const Route& route, Captures captures, Message message, Responder responder);

    void on_outcome(DeliveryId id, Outcome outcome) override;
    void on_open(DeliveryId id) override;
    void on_item(DeliveryId id, StreamItem item) override;
    void on_gap(DeliveryId id) override;
    void on_stored(DeliveryId id) override;
    /// Ends the open streams with this error (shutdown).
    void end_streams(const Error& error);

    /// Ends what is past its deadline. The shard calls it at next_deadline().
    void expire(TimePoint now);
    std::optional<TimePoint> next_deadline() const;
    /// Called when the next deadline has become earlier: the shard sets its timer to it.
    void on_earlier_deadline(std::function<void(TimePoint)> alarm);

    /// Executions that have no outcome yet: shutdown waits for zero.
    std::size_t pending() const;
    /// The same by route, counted anew, without attempts: who guarantees for those counts them.
    Pending pending_by_route() const;
    /// Ends all of them with this error (shutdown).
    void fail_all(const Error& error);

    const DispatcherOptions& options() const { return options_; }

private:
    class Stream;
    void end_outdated_streams();

    DispatcherOptions options_;
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace gateway
