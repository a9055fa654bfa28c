// How a broker's connection lives: connect, subscribe again, lose it, try again, pause, stop.
#include <algorithm>
#include <utility>

#include "adapters/mqtt/connect_request.hpp"
#include "adapters/mqtt/mqtt_broker.hpp"
#include "gateway/log.hpp"
#include "gateway/routing_table.hpp"

namespace gateway::mqtt {
namespace {

constexpr std::chrono::seconds connect_watchdog{15};    // beyond the library's own timeout: it is stuck
constexpr std::chrono::seconds subscribe_watchdog{10};  // a SUBACK that never comes
constexpr std::int64_t longest_expiry = 0x7fffffff;     // seconds, that the library takes
constexpr std::chrono::seconds stop_flush{1};
constexpr std::chrono::seconds stop_deadline{2};

/// A session of 3.1.1 under a made-up id would stay in the broker for ever.
bool clean_start(const BrokerSettings& settings) {
    if (settings.session_expiry <= Duration::zero()) return true;
    return settings.version != 5 && settings.client_id.empty();
}

/// Nobody comes back under a made-up id.
bool resumed_by_next_start(const BrokerSettings& settings) {
    return !settings.client_id.empty() && !clean_start(settings);
}

/// What the broker says in our place when we are lost.
std::optional<Will> will_of(const BrokerSettings& settings) {
    if (!settings.status) return settings.will;
    const StatusTopic& status = *settings.status;
    return Will{status.topic, status.offline, status.qos, status.retain};
}

}  // namespace

void Broker::start() {
    egress_.start(*wire_);
    connect();
    update_streams();
}

void Broker::connect() {
    ConnectRequest request = connect_request(settings_, client_id_);
    request.clean_start = clean_start(settings_);
    request.session_expiry = whole_seconds(settings_.session_expiry, 0, longest_expiry);
    request.will = will_of(settings_);
    request.new_client = std::exchange(new_client_, false);
    if (request.new_client) fail_doubtful();  // its memory of them goes, too
    phase_ = Phase::connecting;
    egress_.control(std::move(request));
    arm(connect_watchdog, [this] {
        new_client_ = true;
        retry("no answer to CONNECT");
    });
}

void Broker::on(Connected&& event) {
    if (phase_ != Phase::connecting) return;
    phase_ = Phase::connected;
    catching_up_ = false;
    limits_ = event.limits;
    why_.clear();
    if (was_connected_) ++reconnects_;
    was_connected_ = true;
    reconnect_.connected(Clock::now());
    log::info("broker {}: connected to {} as {}{}",
              settings_.name,
              settings_.url,
              client_id_,
              event.session_present ? ", in the session it had" : "");
    if (!limits_.subscription_ids)
        log::warn("broker {}: no subscription identifiers; overlapping filters may deliver twice",
                  settings_.name);
    if (!event.session_present) fail_doubtful();
    egress_.open(limits_.receive_maximum);
    arm(subscribe_watchdog, [this] {
        if (subscriptions_.settled()) return;
        new_client_ = true;
        egress_.control(DisconnectRequest{});
        lose("no answer to SUBSCRIBE");
    });
    announced_ = false;
    send(subscriptions_.connected(event.session_present));
    subscribed();
}

void Broker::on(ConnectFailed&& event) {
    new_client_ = new_client_ || event.kind == ConnectFailure::stuck;
    if (phase_ != Phase::connecting) return;
    if (event.kind != ConnectFailure::unreached) return retry(event.why);
    handshake_check_.run(
        [this, alive = std::weak_ptr<int>{alive_}, round = timer_round_, why = std::move(event.why)](
            const std::string& wrong) {
            if (!alive.expired() && round == timer_round_) retry(wrong.empty() ? why : wrong);
        });
}

void Broker::on(Lost&& event) {
    new_client_ = new_client_ || event.by_server;
    if (phase_ == Phase::connected) lose(event.why.empty() ? "the connection was closed" : event.why);
}

void Broker::on(Disconnected&&) {
    if (phase_ == Phase::stopping) return finish_stop();
    if (phase_ != Phase::connected) return;
    metrics_.count("mqtt_pauses");
    log::warn("broker {}: more messages than can be handled; disconnected until they are", settings_.name);
    why_ = "catching up with what has arrived";
    disarm();
    phase_ = Phase::paused;
    catching_up_ = true;
    fail_lost(Queued::stays);
    if (!ingress_.paused()) connect();
}

void Broker::lose(const std::string& why) {
    retry(why);
    if (reconnect_.taken_over())
        log::warn("broker {}: lost again right after connecting: another client with the id '{}'?",
                  settings_.name,
                  client_id_);
    fail_lost(Queued::fails);
}

void Broker::retry(const std::string& why) {
    const double chance = std::uniform_real_distribution<double>{0, 1}(random_);
    const Duration pause = reconnect_.lost(Clock::now(), chance);
    const bool news = why != why_;
    why_ = reconnect_.taken_over() ? why + " (another client with this id?)" : why;
    const auto milliseconds = std::chrono::duration_cast<Milliseconds>(pause).count();
    if (news)
        log::warn(
            "broker {}: {}: {}; next attempt in {} ms", settings_.name, settings_.url, why, milliseconds);
    phase_ = Phase::waiting;
    arm(pause, [this] { connect(); });
    if (std::exchange(catching_up_, false)) fail_lost(Queued::fails);
}

/// In a session that the broker keeps, the library sends again what has not been acknowledged: until then
/// nobody knows whether it has arrived.
bool Broker::is_in_doubt(std::uint64_t ticket, const Pending& pending) const {
    return pending.kind == Pending::Kind::delivery && Egress::is_acknowledged(ticket) &&
           !clean_start(settings_) && !new_client_;
}

/// `error_of`: why a publication fails; null: it does not.
template <typename ErrorOf>
void Broker::fail_publications(const ErrorOf& error_of) {
    std::vector<std::pair<DeliveryId, Error>> failed;
    std::erase_if(pending_, [&](const auto& entry) {
        const Error* const error = error_of(entry.first, entry.second);
        if (error == nullptr) return false;
        if (entry.second.kind == Pending::Kind::delivery) failed.emplace_back(entry.second.id, *error);
        return true;
    });
    for (auto& [id, error] : failed)
        outcome(id, Outcome{std::move(error)});
}

template <typename ErrorOf>
void Broker::fail_calls(const ErrorOf& error_of) {
    for (const DeviceCalls::Left& call : device_calls_.end_all())
        outcome(call.id, Outcome{error_of(call)});
    release_replies();
}

/// Calls whose command has not left the queue.
std::unordered_set<DeliveryId> Broker::calls_from(std::uint64_t first_queued) const {
    std::unordered_set<DeliveryId> calls;
    for (const auto& [ticket, pending] : pending_) {
        if (ticket >= first_queued && pending.kind == Pending::Kind::call) calls.insert(pending.id);
    }
    return calls;
}

/// What is queued goes with the connection, unless we have ended that ourselves. Of what has been sent, or
/// will be without anybody waiting for it, nobody knows what becomes of it.
void Broker::fail_lost(Queued queued) {
    unjoin();
    const bool all_go = queued == Queued::fails;
    const std::uint64_t first_queued = all_go ? egress_.close() : egress_.first_held();
    subscriptions_.disconnected();
    const Error unsent = unavailable();
    const Error unknown = unanswered();
    const auto unsent_calls = all_go ? calls_from(first_queued) : std::unordered_set<DeliveryId>{};
    fail_publications([&](std::uint64_t ticket, const Pending& pending) -> const Error* {
        if (ticket >= first_queued) return all_go ? &unsent : nullptr;
        return is_in_doubt(ticket, pending) ? nullptr : &unknown;
    });
    fail_calls([&](const DeviceCalls::Left& call) {
        return call.waited || unsent_calls.contains(call.id) ? unsent : unknown;
    });
}

/// Nobody sends again what was on its way.
void Broker::fail_doubtful() {
    egress_.forget_sent();
    const std::uint64_t first_queued = egress_.first_held();
    const Error unknown = unanswered();
    fail_publications(
        [&](std::uint64_t ticket, const Pending&) { return ticket < first_queued ? &unknown : nullptr; });
}

void Broker::fail_all(const Error& error) {
    unjoin();
    egress_.close();
    subscriptions_.disconnected();
    fail_publications([&](std::uint64_t, const Pending&) { return &error; });
    fail_calls([&](const DeviceCalls::Left&) { return error; });
}

void Broker::drain() {
    const bool first = !std::exchange(draining_, true);
    if (!resumed_by_next_start(settings_)) {
        if (first) apply(no_routes());
        return;
    }
    if (phase_ > Phase::idle && phase_ < Phase::stopping && !something_open()) leave();
}

/// Publications are not waited for: what is queued leaves before the goodbye.
bool Broker::something_open() const {
    return device_calls_.size() > 0 || open_requests_.use_count() > 1;
}

void Broker::stop(std::function<void()> done) {
    if (phase_ == Phase::stopped || phase_ == Phase::idle) return done();
    stopped_ = std::move(done);
    if (phase_ != Phase::stopping) leave();
}

void Broker::leave() {
    if (settings_.status && phase_ == Phase::connected) say(settings_.status->offline);
    phase_ = Phase::stopping;
    catching_up_ = false;
    if (streams_) streams_->stop();
    egress_.finish(Clock::now() + stop_flush);
    arm(stop_deadline, [this] { finish_stop(); });
}

void Broker::finish_stop() {
    disarm();
    egress_.join();
    phase_ = Phase::stopped;
    log::info("broker {}: left", settings_.name);
    fail_all(Error{Errc::cancelled, "the gateway is stopping"});
    if (const auto done = std::exchange(stopped_, {})) done();
}

void Broker::arm(Duration after, std::function<void()> act) {
    timer_.expires_after(after);
    timer_.async_wait(
        [this, alive = std::weak_ptr<int>{alive_}, round = ++timer_round_, act = std::move(act)](
            const boost::system::error_code& error) {
            if (!error && !alive.expired() && round == timer_round_) act();
        });
}

void Broker::disarm() {
    ++timer_round_;
    timer_.cancel();
}

}  // namespace gateway::mqtt
