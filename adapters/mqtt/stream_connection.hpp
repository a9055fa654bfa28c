// The connection that the streams of one broker's topics come by: one of their own, so that they disturb
// neither the subscriptions of routes nor a session that the broker keeps for them. Comes back by itself;
// keeps no session. When more arrives than is passed on, messages are dropped, whatever their QoS, and
// readers are told. Owned by Broker, while its routes have streams; on the shard's thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "adapters/mqtt/egress.hpp"
#include "adapters/mqtt/ingress.hpp"
#include "adapters/mqtt/reconnect.hpp"
#include "adapters/mqtt/topic_feeds.hpp"
#include "gateway/metrics.hpp"
#include "gateway/ports.hpp"
#include "gateway/settings.hpp"

namespace gateway::mqtt {

class StreamConnection {
public:
    /// All references outlive this. Connects at once.
    StreamConnection(boost::asio::io_context& shard,
                     const BrokerSettings& settings,
                     std::string client_id,
                     Outcomes& outcomes,
                     Metrics& metrics);
    /// Ends what is open, without a word to anybody.
    ~StreamConnection();
    StreamConnection(const StreamConnection&) = delete;
    StreamConnection& operator=(const StreamConnection&) = delete;

    void open(DeliveryId id, const StreamTarget& target, const Output& output);
    void forget(DeliveryId id) { feeds_.forget(id); }
    std::optional<StreamItem> next_stored(DeliveryId id) { return feeds_.next_stored(id); }
    void end_all(const Error& why) { feeds_.end_all(why); }

    bool ready() const { return phase_ == Phase::connected; }
    const std::string& why_not() const { return why_; }
    /// Disconnects, soon.
    void stop();

private:
    enum class Phase : std::uint8_t { connecting, connected, waiting, stopped };

    void handle(Event&& event);
    void on(const Arrival& arrival);
    void on(const Connected& event);
    void on(const ConnectFailed& event);
    void on(const Disconnected& event);
    void on(const Lost& event);
    void on(const Subscribed& event);
    void on(const Unsubscribed& event);
    void on(const TooLarge& event);
    void on(const Published& event);

    void connect();
    void retry(const std::string& why);
    void lose(const std::string& why);
    Error unavailable() const;
    void arm(Duration after, std::function<void()> act);

    const BrokerSettings& settings_;
    const std::string client_id_;
    Outcomes& outcomes_;
    Metrics& metrics_;
    Phase phase_ = Phase::connecting;
    std::string why_ = "connecting";
    bool new_client_ = false;
    Reconnect reconnect_;
    std::minstd_rand random_;
    TopicFeeds feeds_;
    boost::asio::steady_timer timer_;
    std::uint64_t timer_round_ = 0;
    std::shared_ptr<char> alive_ = std::make_shared<char>();

    // In this order, as in Broker.
    Ingress ingress_;
    Egress egress_;
    std::unique_ptr<Wire> wire_;
};

}  // namespace gateway::mqtt
