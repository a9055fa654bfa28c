#include "adapters/mqtt/device_calls.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <variant>

#include "gateway/payload.hpp"

namespace gateway::mqtt {
namespace {

constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();
constexpr std::string_view auto_channel{"auto\0", 5};  // no reply topic begins so: topics hold no NUL

const ReplyRule& rule_of(const Output& output) {
    return *std::get<MqttTarget>(output.target->rule).reply;
}

std::string_view user_property(const Arrival& arrival, std::string_view wanted) {
    for (const auto& [name, value] : arrival.user) {
        if (name == wanted) return value;
    }
    return {};
}

Payload payload_of(const Arrival& arrival) {
    return Payload{arrival.payload, Encoding::raw, arrival.content_type};
}

/// The answer as the route sees it. A device that is a gateway like this one says in user properties what
/// went wrong.
Outcome outcome_of(const Arrival& arrival, Decode how) {
    if (const auto name = user_property(arrival, "error"); !name.empty()) {
        Error error{Errc::refused, std::string{name}, 0, std::string{user_property(arrival, "reason")}};
        error.detail = arrival.payload;
        return Outcome{std::move(error)};
    }
    if (arrival.payload.empty() && how == Decode::json)
        return Outcome{Payload{Bytes::literal("null"), Encoding::json, {}}};
    auto decoded = decode(payload_of(arrival), how);
    if (decoded.has_error())
        return Outcome{
            Error{Errc::mesh_error, "BadReply", 0, "the device's answer: " + decoded.error().message}};
    return Outcome{*std::move(decoded)};
}

}  // namespace

DeviceCalls::DeviceCalls(Protocol protocol, std::string response_topic, Nonce nonce)
    : protocol_{protocol}, response_topic_{std::move(response_topic)}, nonce_{std::move(nonce)} {}

std::optional<Error> DeviceCalls::refuse(const Output& output, const ReplyRule& rule) const {
    if (rule.automatic && protocol_ != Protocol::v5)
        return Error{Errc::refused, "reply: auto needs MQTT 5; name a reply topic"};
    if (!rule.automatic && output.reply_topic.empty())
        return Error{Errc::refused, "the reply topic is empty"};
    return std::nullopt;
}

/// How many calls may be out at once on the call's channel.
std::size_t DeviceCalls::turns(const Call& call, const Output& output) const {
    if (call.rule.concurrency > 0) return static_cast<std::size_t>(call.rule.concurrency);
    const bool told_apart =
        call.rule.automatic || call.rule.id || output.reply_topic.find(call.call_id) != std::string::npos;
    return told_apart ? unlimited : 1;
}

DeviceCalls::Send DeviceCalls::make_send(DeliveryId id, Output output) {
    Send send{id, std::move(output), {}, {}};
    if (protocol_ == Protocol::v5) {
        send.response_topic = rule_of(send.output).automatic ? response_topic_ : send.output.reply_topic;
        send.correlation_data = nonce_() + '.' + send.output.call_id;
        calls_.at(id).correlation = send.correlation_data;
        by_correlation_.insert_or_assign(send.correlation_data, id);
    }
    return send;
}

DeviceCalls::Actions DeviceCalls::start(DeliveryId id, Output output, TimePoint) {
    Actions actions;
    const ReplyRule& rule = rule_of(output);
    if (auto error = refuse(output, rule)) {
        actions.finish.push_back({id, Outcome{*std::move(error)}});
        return actions;
    }
    Call call{output.call_id, {}, {}, rule, std::nullopt, generation_};
    if (!rule.automatic) call.channel = output.reply_topic;
    if (rule.automatic && rule.concurrency > 0) call.channel = std::string{auto_channel} + output.address;
    bool at_once = true;
    if (!call.channel.empty()) {
        Channel& channel = channels_[call.channel];
        at_once = channel.running.size() < turns(call, output);
        if (!at_once && channel.waiting.size() >= max_waiting) {
            actions.finish.push_back(
                {id, Outcome{Error{Errc::overloaded, "too many calls wait for this device"}}});
            return actions;
        }
        (at_once ? channel.running : channel.waiting).push_back(id);
    }
    if (!at_once) call.waiting = std::move(output);
    calls_.insert_or_assign(id, std::move(call));
    if (at_once) actions.send.push_back(make_send(id, std::move(output)));
    return actions;
}

std::optional<DeliveryId> DeviceCalls::by_correlation(const std::string& data) const {
    const auto found = by_correlation_.find(data);
    if (found == by_correlation_.end()) return std::nullopt;
    return found->second;
}

std::optional<DeliveryId> DeviceCalls::by_payload(const Channel& channel, const Arrival& arrival) const {
    for (const DeliveryId id : channel.running) {
        const Call& call = calls_.at(id);
        if (!call.rule.id) return id;  // the topic names the call, or it is the only one
        const auto decoded = decode(payload_of(arrival), call.rule.decode);
        if (decoded.has_error()) continue;
        Evaluation evaluation;
        evaluation.payload = &*decoded;
        evaluation.answer = &*decoded;
        const auto value = call.rule.id->evaluate(evaluation);
        if (value.has_value() && !value->absent() && value->to_text() == call.call_id) return id;
    }
    return std::nullopt;
}

std::optional<DeliveryId> DeviceCalls::find(const Arrival& arrival) const {
    const bool is_private = !response_topic_.empty() && arrival.topic == response_topic_;
    if (is_private) {
        const auto id = by_correlation(arrival.correlation_data);
        return id && calls_.at(*id).rule.automatic && !calls_.at(*id).waiting ? id : std::nullopt;
    }
    const auto channel = channels_.find(arrival.topic);
    if (channel == channels_.end()) return std::nullopt;
    if (const auto id = by_correlation(arrival.correlation_data)) {
        const auto& running = channel->second.running;
        return std::ranges::find(running, *id) != running.end() ? id : std::nullopt;
    }
    return by_payload(channel->second, arrival);
}

DeviceCalls::Actions DeviceCalls::on_arrival(const Arrival& arrival, TimePoint now) {
    Actions actions;
    actions.is_private = !response_topic_.empty() && arrival.topic == response_topic_;
    const auto id = find(arrival);
    if (!id) return actions;
    actions.is_reply = true;
    actions.finish.push_back({*id, outcome_of(arrival, calls_.at(*id).rule.decode)});
    remove(*id, now, actions);
    return actions;
}

DeviceCalls::Actions DeviceCalls::abandon(DeliveryId id, TimePoint now) {
    Actions actions;
    if (calls_.contains(id)) remove(id, now, actions);
    return actions;
}

std::set<std::string> DeviceCalls::reply_filters() const {
    std::set<std::string> filters;
    for (const auto& [id, call] : calls_) {
        if (call.rule.automatic) {
            filters.insert(response_topic_);
        } else {
            filters.insert(call.rule.topic ? call.rule.topic->as_pattern().subscription() : call.channel);
        }
    }
    return filters;
}

void DeviceCalls::new_routes() {
    ++generation_;
    earlier_ = calls_.size();
}

void DeviceCalls::erase(DeliveryId id) {
    const auto found = calls_.find(id);
    if (!found->second.correlation.empty()) by_correlation_.erase(found->second.correlation);
    if (found->second.generation != generation_) --earlier_;
    calls_.erase(found);
}

void DeviceCalls::remove(DeliveryId id, TimePoint now, Actions& actions) {
    const std::string name = calls_.at(id).channel;
    erase(id);
    const auto channel = channels_.find(name);
    if (channel == channels_.end()) return;
    std::erase(channel->second.running, id);
    std::erase(channel->second.waiting, id);
    take_turn(name, now, actions);
}

/// Sends what has waited, except what is too late by now (the dispatcher ends that by itself).
void DeviceCalls::take_turn(const std::string& name, TimePoint now, Actions& actions) {
    Channel& channel = channels_.at(name);
    while (!channel.waiting.empty()) {
        const DeliveryId next = channel.waiting.front();
        Call& call = calls_.at(next);
        const bool late = call.waiting->deadline <= now;
        if (!late && channel.running.size() >= turns(call, *call.waiting)) break;
        channel.waiting.pop_front();
        if (late) {
            erase(next);
            actions.finish.push_back(
                {next, Outcome{Error{Errc::timeout, "the device was busy with earlier calls"}}});
            continue;
        }
        channel.running.push_back(next);
        Output output = *std::move(call.waiting);
        call.waiting.reset();
        actions.send.push_back(make_send(next, std::move(output)));
    }
    if (channel.running.empty() && channel.waiting.empty()) channels_.erase(name);
}

std::vector<DeviceCalls::Left> DeviceCalls::end_all() {
    std::vector<Left> left;
    for (const auto& [id, call] : calls_)
        left.push_back({id, call.waiting.has_value()});
    calls_.clear();
    earlier_ = 0;
    by_correlation_.clear();
    channels_.clear();
    return left;
}

}  // namespace gateway::mqtt
