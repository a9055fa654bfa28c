// What two-way routes need of the dispatcher: to know what their ends hold, and to be compared after a gap.
#include <utility>

#include "gateway/dispatcher_state.hpp"
#include "gateway/log.hpp"

namespace gateway {

void Dispatcher::joined(const ConnectionName& connection) {
    state_->pairs.joined(connection);
}

void Dispatcher::lost(const ConnectionName& connection) {
    state_->pairs.lost(connection);
}

/// What says by its value that it is nothing new goes no further, where no mark could say so.
std::optional<Ending> Dispatcher::State::enter_pair(Execution& execution) {
    if (!execution.route->sync_pair) return std::nullopt;
    const auto pair = pairs.find(*execution.route->sync_pair);
    if (!pair) return std::nullopt;
    auto entered = pair->arrive(*execution.route, execution.captures, execution.message);
    if (!entered) return Ending{Fate::filtered, "same"};
    execution.carry = std::make_unique<sync::Carry>(*std::move(entered));
    return std::nullopt;
}

void Dispatcher::State::bring_kept(const Route& half, KeptReader reader) {
    Sink* sink = nullptr;
    if (const auto* mqtt = std::get_if<MqttSource>(&half.source)) sink = sinks.broker(mqtt->broker);
    if (const auto* happn = std::get_if<HappnSource>(&half.source)) sink = sinks.mesh(happn->mesh);
    if (sink == nullptr) return reader.on_end(Error{Errc::unavailable, "no such connection"});
    sink->bring_kept(half, std::move(reader));
}

sync::Rendered Dispatcher::State::render(const Route& half,
                                         const Captures& captures,
                                         const Message& message) {
    Execution execution;
    execution.route = &half;
    execution.captures = captures;
    execution.message = message;
    sync::Rendered rendered;
    if (prepare(execution)) return rendered;
    auto output = build_output(half.targets.front(), evaluation_of(execution), message.action);
    if (output.has_value()) rendered.output = *std::move(output);
    if (message.action == Action::remove || !half.resync || !half.resync->newest_by) return rendered;
    auto newest = half.resync->newest_by->evaluate(evaluation_of(execution));
    if (newest.has_value()) rendered.newest = *std::move(newest);
    return rendered;
}

void Dispatcher::State::carry(const Route& half,
                              Captures captures,
                              Message message,
                              std::function<void()> done) {
    start(half, std::move(captures), std::move(message), [done = std::move(done)](Response&&) { done(); });
}

void Dispatcher::State::say(const std::string& warning) {
    log::warn("{}", warning);
}

}  // namespace gateway
