#include "gateway/dispatcher.hpp"

#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <utility>

#include "gateway/answer_shaper.hpp"
#include "gateway/arguments.hpp"
#include "gateway/dispatcher_state.hpp"
#include "gateway/log.hpp"
#include "gateway/payload.hpp"
#include "gateway/receipt.hpp"
#include "gateway/relevance.hpp"

namespace gateway {
namespace {

constexpr std::size_t usual_matches = 4;  // routes one message starts without an allocation
constexpr std::size_t short_id = 8;  // characters of the gateway's id that call and message ids begin with

Failure refusal(std::string_view reason, const std::string& detail) {
    return {Error{Errc::bad_request, std::string{reason} + ": " + detail}, std::string{reason}};
}

Failure refusal(const Refused& refused) {
    return refusal(refusal_name(refused.reason), refused.detail);
}

/// What became of a message, and in whose words: never what it holds.
void log_ending(const Route& route, const Ending& ending, const std::optional<Error>& error) {
    if (ending.fate == Fate::delivered) return;
    const std::string_view fate = fate_name(ending.fate);
    if (error) {
        log::debug("route {}: {} ({}): {}: {}", route.name, fate, ending.reason, error->name, error->message);
    } else {
        log::debug("route {}: {} ({})", route.name, fate, ending.reason);
    }
}

/// A stream is answered when it opens.
TimePoint answered_at(const Execution& execution) {
    for (const TargetState& target : execution.targets) {
        if (target.stream && target.stream->opened) return *target.stream->opened;
    }
    return Clock::now();
}

StreamReader* reader_of(const Execution& execution) {
    for (const TargetState& target : execution.targets) {
        if (target.stream && target.stream->reader != nullptr) return target.stream->reader;
    }
    return nullptr;
}

bool has_call_id(const Target& target) {
    const auto* mqtt = std::get_if<MqttTarget>(&target.rule);
    return mqtt != nullptr && mqtt->reply.has_value();
}

}  // namespace

Dispatcher::Dispatcher(DispatcherOptions options, SinkDirectory& sinks, Metrics& metrics)
    : options_{std::move(options)}, state_{std::make_unique<State>(options_, sinks, metrics)} {
    apply(no_routes());
}

Dispatcher::~Dispatcher() = default;

void Dispatcher::apply(std::shared_ptr<const RoutingTable> table) {
    state_->router = std::make_unique<Router>(std::move(table));
    for (const Route& route : state_->router->table()->routes())
        state_->metrics.route(route.name);
    state_->pairs.apply(state_->router->table());
    end_outdated_streams();
}

const Router& Dispatcher::router() const {
    return *state_->router;
}

void Dispatcher::on_earlier_deadline(std::function<void(TimePoint)> alarm) {
    state_->alarm = std::move(alarm);
}

void Dispatcher::guarantor(Guarantor& guarantor) {
    state_->guarantor = &guarantor;
}

template <typename Visit>
void Dispatcher::State::match(const Message& message, const Visit& visit) const {
    const auto if_wanted = [&](const Route& route, Captures&& captures) {
        if (wants(route, message, options.gateway_id)) visit(route, std::move(captures));
    };
    if (std::holds_alternative<MqttProperties>(message.properties)) {
        router->match_mqtt(message.connection, message.address, if_wanted);
    } else {
        router->match_happn(message.connection, message.address, if_wanted);
    }
}

bool Dispatcher::receive(Message message, Responder responder, std::int64_t kept) {
    boost::container::small_vector<std::pair<const Route*, Captures>, usual_matches> matches;
    std::vector<const Route*> guaranteed;
    // A route started here may publish, and so come back to receive(), or a reload may follow: the table
    // stays.
    const auto table = state_->router->table();
    state_->match(message, [&](const Route& route, Captures&& captures) {
        if (route.guarantee && state_->guarantor != nullptr) {
            guaranteed.push_back(&route);
        } else {
            matches.emplace_back(&route, std::move(captures));
        }
    });
    if (matches.empty() && guaranteed.empty()) state_->metrics.count("unmatched");
    if (kept != 0 || !guaranteed.empty())
        state_->guarantor->take(kept, matches.empty() ? std::move(message) : message, guaranteed);
    bool answered = false;
    for (std::size_t i = 0; i < matches.size(); ++i) {
        auto& [route, captures] = matches[i];
        Responder for_this;
        if (responder && !answered && route->answers()) {
            for_this = responder;
            answered = true;
        }
        const bool last = i + 1 == matches.size();
        state_->start(*route, std::move(captures), last ? std::move(message) : message, std::move(for_this));
    }
    return answered;
}

void Dispatcher::recover(Message message, std::int64_t kept) {
    std::vector<const Route*> guaranteed;
    const auto table = state_->router->table();
    state_->match(message, [&](const Route& route, Captures&&) {
        if (route.guarantee) guaranteed.push_back(&route);
    });
    state_->guarantor->take(kept, std::move(message), guaranteed);
}

void Dispatcher::run(const Route& route, Captures captures, Message message, Responder responder) {
    state_->start(route, std::move(captures), std::move(message), std::move(responder));
}

void Dispatcher::attempt(const Route& route, Captures captures, Message message, std::int64_t id) {
    Execution execution;
    execution.message = std::move(message);
    execution.guaranteed = id;
    state_->begin(route, std::move(captures), std::move(execution));
}

void Dispatcher::on_outcome(DeliveryId id, Outcome outcome) {
    const auto found = state_->executions.find(id);
    if (!found) {
        state_->metrics.count("late_outcomes");
        return;
    }
    state_->settle(found->slot, found->target, std::move(outcome));
}

void Dispatcher::expire(TimePoint now) {
    while (const auto id = state_->executions.take_expired(now)) {
        const auto found = state_->executions.find(*id);
        if (!found) continue;
        const Execution& execution = state_->executions.at(found->slot);
        const TargetState& target = execution.targets[found->target];
        if (target.stream && target.stream->opened) continue;
        Error error{Errc::timeout, "route " + execution.route->name + ": no answer in time"};
        if (target.sink != nullptr) target.sink->forget(*id);
        on_outcome(*id, Outcome{std::move(error)});
    }
}

std::optional<TimePoint> Dispatcher::next_deadline() const {
    return state_->executions.next_deadline();
}

std::size_t Dispatcher::pending() const {
    return state_->executions.size();
}

Pending Dispatcher::pending_by_route() const {
    const Executions& executions = state_->executions;
    Pending pending;
    executions.for_each([&](Executions::Slot slot) {
        const Execution& execution = executions.at(slot);
        if (execution.guaranteed == 0) ++pending[execution.route->name];
    });
    return pending;
}

void Dispatcher::fail_all(const Error& error) {
    state_->fail_where([](const Execution&, const TargetState&) { return true; }, error);
}

// --- one execution, in the order of its life ---

void Dispatcher::State::start(const Route& route, Captures captures, Message message, Responder responder) {
    Execution execution;
    execution.message = std::move(message);
    execution.responder = std::move(responder);
    execution.counters = &metrics.route(route.name);
    if (execution.message.receipt) execution.message.receipt->share();
    metrics.matched(*execution.counters, execution.message.payload.bytes.size());
    begin(route, std::move(captures), std::move(execution));
}

void Dispatcher::State::begin(const Route& route, Captures captures, Execution execution) {
    execution.table = router->table();
    execution.route = &route;
    if (execution.counters == nullptr) execution.counters = &metrics.route(route.name);
    execution.captures = std::move(captures);
    execution.started = Clock::now();
    execution.number = ++last_number;

    if (const auto ending = refuse_early(execution)) return end(execution, *ending, error_of(*ending));
    if (const auto ending = enter_pair(execution)) return end(execution, *ending);
    if (auto failure = prepare(execution))
        return end(execution, ending_of(*failure), std::move(failure->error));
    execution.targets.resize(route.targets.size());
    execution.waiting =
        route.targets.size() + 1;  // one for this function, so that none ends it while others start
    deliver_all(executions.add(std::move(execution)));
}

/// What ends before anything is looked at: an echo, a loop, a flood, a remove that no target has a meaning
/// for.
std::optional<Ending> Dispatcher::State::refuse_early(Execution& execution) const {
    const Route& route = *execution.route;
    const Origin& origin = execution.message.origin;
    if (route.sync_pair && origin.gateway_id == options.gateway_id) return Ending{Fate::filtered, "echo"};
    if (origin.hops >= options.max_hops) return Ending{Fate::refused, "hops"};
    if (executions.size() >= options.max_pending) return Ending{Fate::dropped, "overloaded"};
    if (clears(route, execution.message)) execution.message.action = Action::remove;
    const auto sends = [&](const Target& target) { return sends_on_remove(target, execution.message); };
    if (execution.message.action == Action::remove && std::ranges::none_of(route.targets, sends))
        return Ending{Fate::filtered, "remove"};
    return std::nullopt;
}

/// decode -> map. A remove has nothing to decode.
std::optional<Failure> Dispatcher::State::prepare(Execution& execution) {
    const Route& route = *execution.route;
    if (execution.message.action == Action::remove) return std::nullopt;
    if (const auto* call = std::get_if<CallSource>(&route.source)) {
        auto named = named_arguments(execution.message.payload.bytes.view(), call->parameters);
        if (named.has_error()) return refusal("parameters", named.error().message);
        execution.payload = Payload{Bytes{*std::move(named)}, Encoding::json, "application/json"};
    } else if (const bool nothing_sent = std::holds_alternative<HttpSource>(route.source) &&
                                         execution.message.payload.bytes.empty();
               !nothing_sent) {
        auto decoded = decode(execution.message.payload, decode_of(route));
        if (decoded.has_error()) return refusal("decode", decoded.error().message);
        execution.payload = *std::move(decoded);
    }
    if (!route.map) {
        execution.out = execution.payload;
        return std::nullopt;
    }
    const auto mapped = route.map->render(evaluation_of(execution));
    if (mapped.has_error()) return refusal(mapped.error());
    if (mapped->absent())
        return refusal("absent", no_value("map", route.map->why_absent(evaluation_of(execution))));
    execution.out = Payload{mapped->json(), Encoding::json, "application/json"};
    return std::nullopt;
}

void Dispatcher::State::deliver_all(Executions::Slot slot) {
    const std::size_t count = executions.at(slot).targets.size();
    for (std::size_t i = 0; i < count; ++i)
        deliver(slot, i);
    if (--executions.at(slot).waiting == 0) finish(slot);
}

void Dispatcher::State::deliver(Executions::Slot slot, std::size_t index) {
    Execution& execution = executions.at(slot);
    TargetState& state = execution.targets[index];
    const Target& target = execution.route->targets[index];
    const DeliveryId id = executions.delivery(slot, index);
    if (execution.message.action == Action::remove && !sends_on_remove(target, execution.message))
        return close(slot, state);
    state.open = true;
    state.ran = true;
    auto output = output_for(execution, index, id);
    if (output.has_error()) return fail(slot, index, refusal(output.error()));
    if (std::holds_alternative<AnswerTarget>(target.rule))
        return settle(slot, index, Outcome{output->payload});
    if (execution.carry) execution.carry->pair->sent(*execution.carry, *output);
    state.sink = sink_of(target);
    if (state.sink == nullptr) return fail(slot, index, {Error{Errc::unavailable, "no such connection"}, {}});
    if (output->pattern)
        state.stream = std::make_unique<StreamState>(StreamState{output->pattern, nullptr, {}});
    if (executions.expect(id, output->deadline) && alarm) alarm(output->deadline);
    state.sink->deliver(id, *std::move(output));
}

Expanded<Output> Dispatcher::State::output_for(Execution& execution, std::size_t index, DeliveryId id) {
    const Target& target = execution.route->targets[index];
    Evaluation evaluation = evaluation_of(execution);
    std::string call_id;
    if (has_call_id(target)) call_id = options.gateway_id.substr(0, short_id) + '-' + std::to_string(id);
    evaluation.call_id = call_id;
    auto output = build_output(target, evaluation, execution.message.action);
    if (output.has_error()) return output;
    output->principal = target.as == As::caller ? execution.message.principal : Principal::service();
    output->hops = execution.message.origin.hops + 1;
    if (execution.guaranteed != 0 && std::holds_alternative<HttpTarget>(target.rule))
        output->attempt_of = guarantor->name_of(execution.guaranteed) + '-' + std::to_string(index);
    output->deadline = execution.started + target.timeout;
    if (execution.message.deadline)
        output->deadline = std::min(output->deadline, *execution.message.deadline);
    return output;
}

void Dispatcher::State::settle(Executions::Slot slot, std::size_t index, Outcome outcome) {
    if (outcome.error) return fail(slot, index, {*std::move(outcome.error), {}});
    Execution& execution = executions.at(slot);
    TargetState& state = execution.targets[index];
    state.answer = std::move(outcome.answer);
    state.answers = std::move(outcome.answers);
    state.version = std::move(outcome.version);
    ++execution.counters->outputs;
    close(slot, state);
}

void Dispatcher::State::fail(Executions::Slot slot, std::size_t index, Failure failure) {
    TargetState& state = executions.at(slot).targets[index];
    state.failure = std::move(failure);
    close(slot, state);
}

void Dispatcher::State::close(Executions::Slot slot, TargetState& state) {
    state.open = false;
    if (--executions.at(slot).waiting == 0) finish(slot);
}

/// The outcome is the worst of the required targets'.
void Dispatcher::State::finish(Executions::Slot slot) {
    Execution execution = executions.remove(slot);
    std::optional<Failure> worst;
    for (std::size_t i = 0; i < execution.targets.size(); ++i) {
        auto& failure = execution.targets[i].failure;
        if (!failure) continue;
        if (!worst && execution.route->targets[i].required) {
            worst = std::move(failure);
        } else {
            log::debug("route {}: one target failed: {}: {}",
                       execution.route->name,
                       failure->error.name,
                       failure->error.message);
        }
    }
    if (!worst) return end(execution, {});
    end(execution, ending_of(*worst), std::move(worst->error));
}

/// What the targets have done may still fail at the route's own `respond`.
void Dispatcher::State::end(Execution& execution, Ending ending, std::optional<Error> error) {
    if (execution.carry) execution.carry->pair->ended(*execution.carry, ending.fate == Fate::delivered);
    Response response;
    if (execution.responder && !error) {
        auto answer = answer_of(execution);
        if (answer.has_error()) {
            ending = Ending{Fate::refused, "respond"};
            error = std::move(answer).error();
        } else {
            response = *std::move(answer);
        }
    }
    if (execution.guaranteed != 0) return guarantor->on_attempt_ended(execution.guaranteed, ending, error);
    if (execution.message.receipt) execution.message.receipt->end(ending.fate);
    metrics.ended(
        *execution.counters, ending.fate, ending.reason, answered_at(execution) - execution.started);
    log_ending(*execution.route, ending, error);
    if (StreamReader* reader = reader_of(execution)) return reader->on_end(std::move(error));
    if (!execution.responder) return;
    if (error) response = shape_error(*execution.route, *std::move(error), evaluation_of(execution));
    execution.responder(std::move(response));
}

Result<Response> Dispatcher::State::answer_of(const Execution& execution) {
    Evaluation evaluation = evaluation_of(execution);
    const TargetState* state = answering(execution);
    if (state != nullptr) {
        evaluation.answer = &state->answer;
        evaluation.answers = &state->answers;
    }
    auto response = shape_answer(*execution.route, evaluation);
    const bool tagged = execution.route->respond && execution.route->respond->etag && state != nullptr;
    if (tagged && response.has_value() && !response->error) response->etag = state->version;
    return response;
}

const TargetState* Dispatcher::State::answering(const Execution& execution) const {
    const std::string wanted = execution.route->respond ? execution.route->respond->from : std::string{};
    for (std::size_t i = 0; i < execution.targets.size(); ++i) {
        const Target& target = execution.route->targets[i];
        if (!execution.targets[i].ran || !target.answers()) continue;
        if (wanted.empty() || wanted == target.name) return &execution.targets[i];
    }
    return nullptr;
}

Evaluation Dispatcher::State::evaluation_of(const Execution& execution) {
    message_id.assign(options.gateway_id, 0, short_id).append("-").append(std::to_string(execution.number));
    Evaluation evaluation;
    evaluation.message = &execution.message;
    evaluation.captures = &execution.captures;
    evaluation.payload = &execution.payload;
    evaluation.out = &execution.out;
    evaluation.message_id = message_id;
    evaluation.route_name = execution.route->name;
    evaluation.gateway_name = options.gateway_name;
    evaluation.time = wall_now();
    return evaluation;
}

Sink* Dispatcher::State::sink_of(const Target& target) {
    if (const auto* stream = std::get_if<StreamTarget>(&target.rule)) {
        const auto* mqtt_stream = std::get_if<MqttStream>(&stream->from);
        return mqtt_stream != nullptr ? sinks.broker(mqtt_stream->broker)
                                      : sinks.mesh(std::get<HappnStream>(stream->from).mesh);
    }
    if (const auto* mqtt = std::get_if<MqttTarget>(&target.rule)) return sinks.broker(mqtt->broker);
    if (const auto* happn = std::get_if<HappnTarget>(&target.rule)) return sinks.mesh(happn->mesh);
    if (const auto* call = std::get_if<CallTarget>(&target.rule)) return sinks.mesh(call->mesh);
    if (std::holds_alternative<HttpTarget>(target.rule)) return sinks.services();
    return nullptr;
}

}  // namespace gateway
