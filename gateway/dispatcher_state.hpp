// What a dispatcher keeps, and the steps of an execution: one message on one route, from match to outcome.
// dispatcher.cpp has the steps of all routes, dispatcher_streams.cpp those of streams, dispatcher_sync.cpp
// those of two-way routes. Nobody else includes this.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/dispatcher.hpp"
#include "gateway/ending.hpp"
#include "gateway/executions.hpp"
#include "gateway/output_builder.hpp"
#include "gateway/sync/pairs.hpp"

namespace gateway {

struct Dispatcher::State final : sync::Host {
    State(const DispatcherOptions& dispatcher_options, SinkDirectory& directory, Metrics& counters)
        : options{dispatcher_options},
          sinks{directory},
          metrics{counters},
          pairs{*this, dispatcher_options.max_sync_values} {}

    template <typename Visit>
    void match(const Message& message, const Visit& visit) const;
    void start(const Route& route, Captures captures, Message message, Responder responder);
    void begin(const Route& route, Captures captures, Execution execution);
    std::optional<Ending> refuse_early(Execution& execution) const;
    std::optional<Ending> enter_pair(Execution& execution);
    std::optional<Failure> prepare(Execution& execution);
    void deliver_all(Executions::Slot slot);
    void deliver(Executions::Slot slot, std::size_t index);
    Expanded<Output> output_for(Execution& execution, std::size_t index, DeliveryId id);
    void settle(Executions::Slot slot, std::size_t index, Outcome outcome);
    void fail(Executions::Slot slot, std::size_t index, Failure failure);
    void close(Executions::Slot slot, TargetState& state);
    void finish(Executions::Slot slot);
    void end(Execution& execution, Ending ending, std::optional<Error> error = {});
    Result<Response> answer_of(const Execution& execution);
    Evaluation evaluation_of(const Execution& execution);
    template <typename Wanted>
    void fail_where(const Wanted& wanted, const Error& error);
    TargetState* stream_of(DeliveryId id);
    StreamReader* waiting_reader(DeliveryId id);
    void open(Dispatcher& dispatcher, DeliveryId id);
    void read(DeliveryId id, StreamReader& reader);
    void leave(DeliveryId id);
    void pass(DeliveryId id, StreamItem item);
    std::optional<StreamItem> next_stored(DeliveryId id);
    std::optional<StreamItem> shaped(Execution& execution, const StreamState& stream, StreamItem item);
    Sink* sink_of(const Target& target);

    // sync::Host
    void bring_kept(const Route& half, KeptReader reader) override;
    sync::Rendered render(const Route& half, const Captures& captures, const Message& message) override;
    void carry(const Route& half, Captures captures, Message message, std::function<void()> done) override;
    void count(std::string_view what, std::uint64_t n) override { metrics.count(what, n); }
    void say(const std::string& warning) override;

    const TargetState* answering(const Execution& execution) const;

    const DispatcherOptions& options;
    SinkDirectory& sinks;
    Metrics& metrics;
    Guarantor* guarantor = nullptr;
    std::unique_ptr<Router> router;
    Executions executions;
    std::function<void(TimePoint)> alarm;
    std::uint64_t last_number = 0;
    std::string message_id;  // reused: {message.id} of the execution being evaluated
    sync::Pairs pairs;
    std::shared_ptr<char> alive = std::make_shared<char>();  // readers of streams hold it weakly
};

/// Collected first: the end of one may start or end others.
template <typename Wanted>
void Dispatcher::State::fail_where(const Wanted& wanted, const Error& error) {
    std::vector<DeliveryId> open;
    executions.for_each([&](Executions::Slot slot) {
        const Execution& execution = executions.at(slot);
        for (std::size_t i = 0; i < execution.targets.size(); ++i) {
            if (wanted(execution, execution.targets[i])) open.push_back(executions.delivery(slot, i));
        }
    });
    for (const DeliveryId id : open) {
        const auto found = executions.find(id);
        if (!found) continue;
        if (Sink* sink = executions.at(found->slot).targets[found->target].sink) sink->forget(id);
        settle(found->slot, found->target, Outcome{error});
    }
}

}  // namespace gateway
