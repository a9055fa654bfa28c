#include "adapters/mqtt/stream_connection.hpp"

#include <fmt/format.h>

#include <utility>
#include <variant>

#include "adapters/mqtt/connect_request.hpp"
#include "adapters/mqtt/paho_client.hpp"
#include "gateway/log.hpp"
#include "gateway/route.hpp"

namespace gateway::mqtt {
namespace {

constexpr std::chrono::seconds connect_watchdog{15};    // beyond the library's own timeout: it is stuck
constexpr std::chrono::seconds subscribe_watchdog{10};  // a SUBACK that never comes

}  // namespace

StreamConnection::StreamConnection(boost::asio::io_context& shard,
                                   const BrokerSettings& settings,
                                   std::string client_id,
                                   Outcomes& outcomes,
                                   Metrics& metrics)
    : settings_{settings},
      client_id_{std::move(client_id)},
      outcomes_{outcomes},
      metrics_{metrics},
      reconnect_{settings.reconnect_min, settings.reconnect_max},
      random_{std::random_device{}()},
      feeds_{outcomes,
             metrics,
             settings.max_stream_filters,
             [this](TopicFeeds::Request request) {
                 std::visit([this](auto&& one) { egress_.control(std::move(one)); }, std::move(request));
             }},
      timer_{shard},
      ingress_{shard,
               {[this](Event&& event) { handle(std::move(event)); }, [] {}, [] {}, [](std::uint64_t) {}},
               settings.max_message,
               Ingress::Overload::drop},
      egress_{ingress_, {}},
      wire_{std::make_unique<PahoClient>(ingress_)} {
    egress_.start(*wire_);
    connect();
}

StreamConnection::~StreamConnection() {
    egress_.finish(Clock::now());
    egress_.join();
}

// --- readers -------------------------------------------------------------------------------------

void StreamConnection::open(DeliveryId id, const StreamTarget& target, const Output& output) {
    if (!ready()) return outcomes_.on_outcome(id, Outcome{unavailable()});
    const auto& rule = std::get<MqttStream>(target.from);
    TopicFeeds::Wish wish;
    wish.pattern = output.pattern;
    wish.qos = rule.qos;
    wish.decode = rule.decode;
    wish.remove_on_empty = rule.remove_on_empty;
    wish.initial = target.initial;
    feeds_.open(id, std::move(wish));
}

// --- from the broker -----------------------------------------------------------------------------

void StreamConnection::handle(Event&& event) {
    if (const std::uint64_t dropped = ingress_.take_dropped(); dropped > 0) {
        metrics_.count("mqtt_dropped_overload", dropped);
        feeds_.on_dropped();
    }
    std::visit([this](const auto& one) { on(one); }, event);
}

void StreamConnection::on(const Arrival& arrival) {
    if (phase_ == Phase::connected) feeds_.on_arrival(arrival);
}

void StreamConnection::on(const Subscribed& event) {
    if (phase_ == Phase::connected) feeds_.on_subscribed(event.ticket, event.code);
}

void StreamConnection::on(const Unsubscribed& event) {
    feeds_.on_unsubscribed(event.ticket);
}

void StreamConnection::on(const TooLarge& event) {
    metrics_.count("mqtt_dropped_oversize");
    log::debug("broker {}: dropped a message of {} bytes for its streams", settings_.name, event.bytes);
}

void StreamConnection::on(const Published&) {}

// --- the connection ------------------------------------------------------------------------------

void StreamConnection::connect() {
    ConnectRequest request = connect_request(settings_, client_id_);
    request.new_client = std::exchange(new_client_, false);
    phase_ = Phase::connecting;
    egress_.control(std::move(request));
    arm(connect_watchdog, [this] {
        new_client_ = true;
        retry("no answer to CONNECT");
    });
}

void StreamConnection::on(const Connected& event) {
    if (phase_ != Phase::connecting) return;
    phase_ = Phase::connected;
    why_.clear();
    reconnect_.connected(Clock::now());
    log::info("broker {}: connected to {} as {}, for streams", settings_.name, settings_.url, client_id_);
    feeds_.connected(event.limits.subscription_ids && settings_.version == 5);
    arm(subscribe_watchdog, [this, ticket = feeds_.last_ticket()] {
        if (!feeds_.waits_for(ticket)) return;
        new_client_ = true;
        egress_.control(DisconnectRequest{});
        lose("no answer to SUBSCRIBE");
    });
}

void StreamConnection::on(const ConnectFailed& event) {
    new_client_ = new_client_ || event.kind == ConnectFailure::stuck;
    if (phase_ == Phase::connecting) retry(event.why);
}

void StreamConnection::on(const Lost& event) {
    new_client_ = new_client_ || event.by_server;
    if (phase_ == Phase::connected) lose(event.why.empty() ? "the connection was closed" : event.why);
}

void StreamConnection::on(const Disconnected&) {}

void StreamConnection::lose(const std::string& why) {
    retry(why);
    feeds_.disconnected(unavailable());
}

void StreamConnection::retry(const std::string& why) {
    const double chance = std::uniform_real_distribution<double>{0, 1}(random_);
    const Duration pause = reconnect_.lost(Clock::now(), chance);
    const std::string known = reconnect_.taken_over() ? why + " (another client with this id?)" : why;
    if (std::exchange(why_, known) != known)
        log::warn("broker {}: {}, for streams: {}", settings_.name, settings_.url, known);
    phase_ = Phase::waiting;
    arm(pause, [this] { connect(); });
}

Error StreamConnection::unavailable() const {
    return Error{Errc::unavailable, fmt::format("broker {} is not connected", settings_.name)};
}

void StreamConnection::stop() {
    phase_ = Phase::stopped;
    ++timer_round_;
    timer_.cancel();
    egress_.finish(Clock::now());
}

void StreamConnection::arm(Duration after, std::function<void()> act) {
    timer_.expires_after(after);
    timer_.async_wait([this, alive = std::weak_ptr{alive_}, round = ++timer_round_, act = std::move(act)](
                          const boost::system::error_code& error) {
        if (!error && !alive.expired() && round == timer_round_) act();
    });
}

}  // namespace gateway::mqtt
