// One MQTT broker as a source and a sink of the core. Owns its connection: connects, subscribes to what the
// table asks for, comes back by itself with backoff, and fails at once what was on its way when the
// connection broke (at-most-once): Unavailable what was not sent, Timeout what may have arrived. Everything
// here runs on the shard's thread; the library's threads end in Ingress, calls into it begin in Egress.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "adapters/mqtt/arrival_keeper.hpp"
#include "adapters/mqtt/device_calls.hpp"
#include "adapters/mqtt/egress.hpp"
#include "adapters/mqtt/handshake_check.hpp"
#include "adapters/mqtt/ingress.hpp"
#include "adapters/mqtt/reconnect.hpp"
#include "adapters/mqtt/retained_reading.hpp"
#include "adapters/mqtt/sent_memory.hpp"
#include "adapters/mqtt/stream_connection.hpp"
#include "adapters/mqtt/subscriptions.hpp"
#include "gateway/dispatcher.hpp"
#include "gateway/identity.hpp"
#include "gateway/metrics.hpp"
#include "gateway/ports.hpp"
#include "gateway/settings.hpp"

namespace gateway::mqtt {

class Broker final : public Sink, public Source {
public:
    /// All references outlive this, and `spool`, which may be null. Throws std::runtime_error if a
    /// certificate or key cannot be used.
    Broker(boost::asio::io_context& shard,
           BrokerSettings settings,
           GatewayIdentity gateway,
           Dispatcher& dispatcher,
           Metrics& metrics,
           spool::SpoolFile* spool);
    ~Broker() override;

    void start();
    /// Takes no new messages: unsubscribes; or, where the broker keeps them for the next start, disconnects
    /// as soon as nothing is open. To be called again and again until then.
    void drain();
    /// Sends what is queued for a short while, disconnects (without a last will), then calls `done` once.
    void stop(std::function<void()> done);

    /// To be called now and then: is there room again for what waits in the broker?
    void look() { ingress_.look(); }

    void deliver(DeliveryId id, Output output) override;
    void forget(DeliveryId id) override;
    std::optional<StreamItem> next_stored(DeliveryId id) override;
    void bring_kept(const Route& route, KeptReader reader) override;
    void apply(std::shared_ptr<const RoutingTable> table) override;
    ConnectionState state() const override;

    const std::string& client_id() const { return client_id_; }
    /// Of the connection for streams.
    std::string stream_client_id() const { return client_id_ + "-streams"; }

private:
    enum class Phase : std::uint8_t {
        idle,        // not started: the meshes come first
        connecting,  // CONNECT sent
        connected,   // CONNACK received; subscriptions may still be on their way
        waiting,     // for the next attempt
        paused,      // disconnected on purpose until the inbox has drained
        stopping,
        stopped,
    };
    struct Pending {
        enum class Kind : std::uint8_t {
            delivery,  // has its outcome when it is confirmed
            call,      // when the device answers
            status,    // our own: has none
            mark,      // our own, that comes back: has none
        };
        DeliveryId id = 0;
        Kind kind = Kind::delivery;
    };

    void handle(Event&& event);
    void on(Arrival&& arrival);
    void on(Connected&& event);
    void on(ConnectFailed&& event);
    void on(Disconnected&& event);
    void on(Lost&& event);
    void on(Published&& event);
    void on(Subscribed&& event);
    void on(TooLarge&& event);
    void on(Unsubscribed&& event);

    void connect();
    void retry(const std::string& why);
    void lose(const std::string& why);
    enum class Queued : std::uint8_t { stays, fails };
    bool is_in_doubt(std::uint64_t ticket, const Pending& pending) const;
    template <typename ErrorOf>
    void fail_publications(const ErrorOf& error_of);
    template <typename ErrorOf>
    void fail_calls(const ErrorOf& error_of);
    std::unordered_set<DeliveryId> calls_from(std::uint64_t first_queued) const;
    void fail_lost(Queued queued);
    void fail_doubtful();
    void fail_all(const Error& error);
    void send(Subscriptions::Difference difference);
    void unsubscribe(std::vector<UnsubscribeRequest> requests);
    void update_subscriptions();
    void release_replies();
    void update_streams();
    void deliver_stream(DeliveryId id, const StreamTarget& stream, const Output& output);
    void read_on(RetainedReading::Next next);
    void send_mark(RetainedReading::Mark mark);
    void subscribe_again(const std::string& filter);
    bool read(Arrival& arrival);
    void watch_reading();
    void end_reading(const std::string& why);
    void subscribed();
    void unjoin();
    void say(const std::string& status);
    bool something_open() const;
    void leave();
    void arm(Duration after, std::function<void()> act);
    void disarm();
    void finish_stop();

    void receive(Arrival arrival);
    Responder responder_of(const Message& request);
    Origin origin_of(const Arrival& arrival);
    bool publish(Publication publication, const Pending* pending);
    void perform(DeviceCalls::Actions actions);
    void send(DeviceCalls::Send call);
    void outcome(DeliveryId id, Outcome outcome);
    bool accepting() const;
    Error unavailable() const;  // nothing has been sent
    Error unanswered() const;   // it may have been
    Error failure_of(const Confirmation& confirmation) const;
    std::optional<Error> not_ready_for(const Output& output) const;

    boost::asio::io_context& shard_;
    const BrokerSettings settings_;
    const GatewayIdentity gateway_;
    Dispatcher& dispatcher_;
    Metrics& metrics_;
    const Protocol protocol_;
    const std::string client_id_;
    const HandshakeCheck handshake_check_;

    Phase phase_ = Phase::idle;
    std::string why_;  // not connected
    std::uint64_t reconnects_ = 0;
    bool was_connected_ = false;
    bool announced_ = false;  // on this connection: that we are there
    bool joined_ = false;     // two-way routes know that we are there
    bool new_client_ = false;
    bool draining_ = false;
    bool catching_up_ = false;  // from a pause until connected again: what is delivered meanwhile is queued
    ServerLimits limits_;
    Reconnect reconnect_;
    std::minstd_rand random_;
    std::shared_ptr<const RoutingTable> table_;
    bool keeps_replies_ = false;  // subscribed to what calls of earlier routes wait for
    Subscriptions subscriptions_;
    DeviceCalls device_calls_;
    RetainedReading reading_;
    SentMemory sent_;
    std::unordered_map<std::uint64_t, Pending> pending_;
    std::shared_ptr<int> open_requests_ = std::make_shared<int>(0);  // held by every responder
    std::function<void()> stopped_;
    boost::asio::steady_timer reading_timer_;
    boost::asio::steady_timer timer_;
    std::uint64_t timer_round_ = 0;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);  // for what others keep: responders, timers

    ArrivalKeeper keeper_;

    // In this order: the client goes first and takes its threads' callbacks with it, after ~Broker has ended
    // the worker.
    Ingress ingress_;
    Egress egress_;
    std::unique_ptr<Wire> wire_;

    std::unique_ptr<StreamConnection> streams_;  // while routes have streams
};

}  // namespace gateway::mqtt
