#include "adapters/mqtt/mqtt_broker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "adapters/mqtt/connect_request.hpp"
#include "adapters/mqtt/paho_client.hpp"
#include "adapters/mqtt/reason_code.hpp"
#include "adapters/mqtt/topic.hpp"
#include "adapters/mqtt/translate.hpp"
#include "gateway/log.hpp"
#include "gateway/routing_table.hpp"

namespace gateway::mqtt {
namespace {

constexpr std::size_t random_id_bytes = 4;
constexpr std::size_t nonce_bytes = 12;  // per device call

/// As one level of a topic.
std::string as_level(std::string_view text) {
    std::string level{text};
    const auto unsafe = [](unsigned char c) { return c < ' ' || c == '/' || c == '+' || c == '#'; };
    std::ranges::replace_if(level, unsafe, '-');
    return level;
}

std::string client_id_of(const BrokerSettings& settings, const GatewayIdentity& gateway) {
    if (!settings.client_id.empty()) return settings.client_id;
    return as_level(gateway.name) + '-' + random_hex(random_id_bytes);
}

std::string response_topic_of(Protocol protocol, const std::string& client_id) {
    return protocol == Protocol::v5 ? "hg/" + as_level(client_id) + "/r" : std::string{};
}

std::string mark_topic_of(const std::string& client_id) {
    return "hg/" + as_level(client_id) + "/m";
}

}  // namespace

Broker::Broker(boost::asio::io_context& shard,
               BrokerSettings settings,
               GatewayIdentity gateway,
               Dispatcher& dispatcher,
               Metrics& metrics,
               spool::SpoolFile* spool)
    : shard_{shard},
      settings_{std::move(settings)},
      gateway_{std::move(gateway)},
      dispatcher_{dispatcher},
      metrics_{metrics},
      protocol_{protocol_of(settings_)},
      client_id_{client_id_of(settings_, gateway_)},
      handshake_check_{shard, settings_},
      reconnect_{settings_.reconnect_min, settings_.reconnect_max},
      random_{std::random_device{}()},
      subscriptions_{protocol_},
      device_calls_{
          protocol_, response_topic_of(protocol_, client_id_), [] { return random_hex(nonce_bytes); }},
      reading_{mark_topic_of(client_id_)},
      reading_timer_{shard},
      timer_{shard},
      keeper_{spool, settings_.name},
      ingress_{shard,
               {[this](Event&& event) { handle(std::move(event)); },
                [this] {
                    if (phase_ == Phase::paused) connect();
                },
                [this] { egress_.pause(); },
                [this](std::uint64_t ticket) { egress_.done(ticket); },
                [this](const Arrival& arrival) { return keeper_.keep(arrival); },
                [this] { return keeper_.nearly_full(); }},
               settings_.max_message},
      egress_{ingress_, {settings_.max_queue, settings_.max_queue_bytes}},
      wire_{std::make_unique<PahoClient>(ingress_)} {}

Broker::~Broker() {
    egress_.finish(Clock::now());
    egress_.join();
}

// --- subscriptions --------------------------------------------------------------------------------

void Broker::apply(std::shared_ptr<const RoutingTable> table) {
    table_ = std::move(table);
    keeper_.apply(table_);
    device_calls_.new_routes();
    keeps_replies_ = device_calls_.has_earlier();
    update_subscriptions();
    update_streams();
    joined_ = false;
    if (phase_ == Phase::connected) subscribed();
}

void Broker::update_subscriptions() {
    auto difference = subscriptions_.apply(wanted_subscriptions(*table_,
                                                                settings_.name,
                                                                protocol_,
                                                                device_calls_.response_topic(),
                                                                device_calls_.reply_filters(),
                                                                reading_.topic()));
    if (phase_ == Phase::connected) send(std::move(difference));
}

/// Once no call of earlier routes is out, only the routes of now say what is subscribed to.
void Broker::release_replies() {
    if (!keeps_replies_ || device_calls_.has_earlier()) return;
    keeps_replies_ = false;
    update_subscriptions();
}

void Broker::send(Subscriptions::Difference difference) {
    for (SubscribeRequest& request : difference.subscribe) {
        // Such a broker would close the connection over it (MQTT 5.0 section 3.2.2.3.13).
        if (!limits_.shared_subscriptions && is_shared(request.filter)) {
            subscriptions_.on_result(request.ticket, no_shared_subscriptions);
            continue;
        }
        if (!limits_.subscription_ids) request.id = 0;
        egress_.control(std::move(request));
    }
    unsubscribe(std::move(difference.unsubscribe));
}

void Broker::unsubscribe(std::vector<UnsubscribeRequest> requests) {
    for (UnsubscribeRequest& request : requests)
        egress_.control(std::move(request));
}

void Broker::on(Unsubscribed&& event) {
    subscriptions_.on_left(event.ticket);
}

void Broker::on(Subscribed&& event) {
    if (phase_ != Phase::connected) return;
    subscriptions_.on_result(event.ticket, event.code);
    read_on(reading_.on_subscribed(event.ticket, event.code));
    subscribed();
}

/// Says what there is to say once the broker has answered to every subscription.
void Broker::subscribed() {
    if (!subscriptions_.settled()) return;
    if (const std::string problems = subscriptions_.problems(); !problems.empty())
        log::error("broker {}: {}", settings_.name, problems);
    if (settings_.status && !std::exchange(announced_, true)) say(settings_.status->online);
    if (!std::exchange(joined_, true)) dispatcher_.joined({ConnectionName::Kind::broker, settings_.name});
}

void Broker::unjoin() {
    joined_ = false;
    dispatcher_.lost({ConnectionName::Kind::broker, settings_.name});
    reading_timer_.cancel();
    reading_.end_all(unavailable());
}

void Broker::say(const std::string& status) {
    Publication publication;
    publication.topic = settings_.status->topic;
    publication.payload = Bytes::copy(status);
    publication.qos = settings_.status->qos;
    publication.retain = settings_.status->retain;
    const Pending pending{0, Pending::Kind::status};
    if (!publish(std::move(publication), &pending))
        log::warn("broker {}: the status '{}' could not be published", settings_.name, status);
}

ConnectionState Broker::state() const {
    ConnectionState state;
    state.kind = "broker";
    state.name = settings_.name;
    state.required = settings_.required;
    state.ready = phase_ == Phase::connected && subscriptions_.complete() && (!streams_ || streams_->ready());
    state.reconnects = reconnects_;
    switch (phase_) {
        case Phase::idle:
            state.detail = "waiting for the meshes";
            break;
        case Phase::connecting:
            state.detail = "connecting to " + settings_.url;
            break;
        case Phase::waiting:
        case Phase::paused:
            state.detail = "not connected to " + settings_.url;
            break;
        case Phase::stopping:
        case Phase::stopped:
            state.detail = "stopped";
            break;
        case Phase::connected:
            state.detail = subscriptions_.problems();
            if (!subscriptions_.settled()) state.detail = "subscribing";
            if (state.detail.empty() && !state.ready) state.detail = "for streams: " + streams_->why_not();
            return state;
    }
    if (!why_.empty()) state.detail += ": " + why_;
    return state;
}

// --- from the broker ------------------------------------------------------------------------------

void Broker::handle(Event&& event) {
    if (const std::uint64_t dropped = ingress_.take_dropped(); dropped > 0) {
        metrics_.count("mqtt_dropped_overload", dropped);
        end_reading("messages were dropped: what is kept there is not known");
    }
    std::visit([this](auto&& one) { on(std::move(one)); }, std::move(event));
}

void Broker::on(TooLarge&& event) {
    metrics_.count("mqtt_dropped_oversize");
    end_reading("a message was too large: what is kept there is not known");
    log::debug("broker {}: dropped a message of {} bytes", settings_.name, event.bytes);
}

void Broker::on(Arrival&& arrival) {
    if (read(arrival)) return;
    auto actions = device_calls_.on_arrival(arrival, Clock::now());
    const bool is_private = actions.is_private;
    if (is_private && !actions.is_reply) metrics_.count("mqtt_late_replies");
    perform(std::move(actions));
    if (is_private) return;
    unsubscribe(subscriptions_.left_over(arrival));
    if (!subscriptions_.accepts(arrival)) {
        metrics_.count("mqtt_duplicates");
        keeper_.forget(arrival.kept);
        return;
    }
    receive(std::move(arrival));
}

void Broker::receive(Arrival arrival) {
    const Origin sent_by_us = protocol_ == Protocol::v3_1_1 ? origin_of(arrival) : Origin{};
    const bool replayed = subscriptions_.replayed(arrival.topic, arrival.retain);
    const bool retain_known = subscriptions_.shows_retain(arrival.topic);
    const auto kept = arrival.kept;
    Message message = to_message(std::move(arrival), settings_.name);
    auto& properties = std::get<MqttProperties>(message.properties);
    properties.replayed = replayed;
    properties.retain_known = retain_known;
    properties.unmarked = protocol_ == Protocol::v3_1_1;
    if (!sent_by_us.gateway_id.empty()) message.origin = sent_by_us;
    Responder responder = responder_of(message);
    const bool is_request = static_cast<bool>(responder);
    const std::string topic = is_request ? message.address : std::string{};
    if (!dispatcher_.receive(std::move(message), std::move(responder), kept) && is_request)
        log::debug("broker {}: nothing answers the request on {}", settings_.name, topic);
}

Origin Broker::origin_of(const Arrival& arrival) {
    const auto hops = sent_.take(arrival.topic, arrival.payload.view(), Clock::now());
    return hops ? Origin{gateway_.id, *hops} : Origin{};
}

Responder Broker::responder_of(const Message& request) {
    const auto& properties = std::get<MqttProperties>(request.properties);
    if (properties.response_topic.empty()) return {};
    if (!answerable(properties.response_topic)) {
        metrics_.count("mqtt_bad_response_topics");
        return {};
    }
    MqttProperties where;
    where.response_topic = properties.response_topic;
    where.correlation_data = properties.correlation_data;
    where.qos = properties.qos;
    return [this,
            alive = std::weak_ptr<int>{alive_},
            open = open_requests_,
            where = std::move(where),
            origin = request.origin](Response&& response) {
        if (alive.expired()) return;
        if (!publish(to_answer(where, std::move(response), origin, gateway_.id), nullptr))
            metrics_.count("mqtt_answers_dropped");
    };
}

// --- to the broker --------------------------------------------------------------------------------

bool Broker::accepting() const {
    return phase_ == Phase::connected || catching_up_;
}

Error Broker::unavailable() const {
    return Error{Errc::unavailable, fmt::format("broker {} is not connected", settings_.name)};
}

Error Broker::unanswered() const {
    return Error{Errc::timeout,
                 fmt::format("no answer has come before the connection to broker {} ended", settings_.name)};
}

Error Broker::failure_of(const Confirmation& confirmation) const {
    if (confirmation.is_unknown) return unanswered();
    return Error{publication_failure(confirmation.code), "not published: " + confirmation.failure};
}

std::optional<Error> Broker::not_ready_for(const Output& output) const {
    if (!accepting()) return unavailable();
    const auto& reply = std::get<MqttTarget>(output.target->rule).reply;
    if (!reply) return std::nullopt;
    const std::string& topic = reply->automatic ? device_calls_.response_topic() : output.reply_topic;
    if (topic.empty() || subscriptions_.granted(topic)) return std::nullopt;
    return Error{Errc::unavailable, fmt::format("broker {}: not subscribed to {}", settings_.name, topic)};
}

void Broker::deliver(DeliveryId id, Output output) {
    if (const auto* stream = std::get_if<StreamTarget>(&output.target->rule))
        return deliver_stream(id, *stream, output);
    if (auto error = not_ready_for(output)) return outcome(id, Outcome{*std::move(error)});
    if (std::get<MqttTarget>(output.target->rule).reply)
        return perform(device_calls_.start(id, std::move(output), Clock::now()));
    Publication publication = to_publication(output, protocol_, gateway_.id);
    if (auto error = refusal(publication, limits_)) return outcome(id, Outcome{*std::move(error)});
    if (protocol_ == Protocol::v3_1_1 && subscriptions_.matches_any(publication.topic))
        sent_.remember(publication.topic, publication.payload.view(), output.hops, Clock::now());
    const Pending pending{id, Pending::Kind::delivery};
    if (!publish(std::move(publication), &pending))
        outcome(id, Outcome{Error{Errc::overloaded, "too many messages wait for the broker"}});
}

bool Broker::publish(Publication publication, const Pending* pending) {
    if (!accepting() || refusal(publication, limits_)) return false;
    const std::uint64_t ticket = egress_.ticket(publication.qos);
    publication.ticket = ticket;
    if (!egress_.try_publish(std::move(publication))) return false;
    if (pending != nullptr) pending_.emplace(ticket, *pending);
    return true;
}

void Broker::perform(DeviceCalls::Actions actions) {
    for (auto& [id, result] : actions.finish)
        outcome(id, std::move(result));
    for (auto& call : actions.send)
        send(std::move(call));
    release_replies();
}

void Broker::send(DeviceCalls::Send call) {
    Publication publication = to_publication(call.output, protocol_, gateway_.id);
    publication.response_topic = std::move(call.response_topic);
    publication.correlation_data = std::move(call.correlation_data);
    auto error = refusal(publication, limits_);
    const Pending pending{call.id, Pending::Kind::call};
    if (!error && !publish(std::move(publication), &pending))
        error =
            accepting() ? Error{Errc::overloaded, "too many messages wait for the broker"} : unavailable();
    if (!error) return;
    auto next = device_calls_.abandon(call.id, Clock::now());
    outcome(call.id, Outcome{*std::move(error)});
    perform(std::move(next));
}

void Broker::on(Published&& event) {
    const auto found = pending_.find(event.ticket);
    if (found == pending_.end()) return;
    const Pending pending = found->second;
    pending_.erase(found);
    const std::string& failure = event.confirmation.failure;
    if (pending.kind == Pending::Kind::status) {
        if (!failure.empty())
            log::warn("broker {}: the status was not published: {}", settings_.name, failure);
        return;
    }
    if (pending.kind == Pending::Kind::mark) {
        if (!failure.empty())
            end_reading("the mark on " + reading_.topic() + " was not published: " + failure);
        return;
    }
    if (failure.empty()) {
        if (pending.kind == Pending::Kind::delivery) outcome(pending.id, Outcome{});
        return;
    }
    Outcome failed{failure_of(event.confirmation)};
    if (pending.kind == Pending::Kind::delivery) return outcome(pending.id, std::move(failed));
    auto next = device_calls_.abandon(pending.id, Clock::now());
    outcome(pending.id, std::move(failed));
    perform(std::move(next));
}

void Broker::forget(DeliveryId id) {
    if (streams_) streams_->forget(id);
    perform(device_calls_.abandon(id, Clock::now()));
}

void Broker::outcome(DeliveryId id, Outcome outcome) {
    dispatcher_.on_outcome(id, std::move(outcome));
}

}  // namespace gateway::mqtt
