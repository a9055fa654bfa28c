// Which filters a broker connection subscribes to, and what the broker said to each. A message must reach
// each route once, but brokers may send a message once per matching filter (MQTT 5.0 section 3.3.4), and
// Mosquitto does. So: equal filters share one subscription, a filter covered by another of the same or a
// higher QoS is left out, and what still overlaps is told apart by subscription identifiers (version 5), or
// merged into one wider filter (3.1.1). The router matches again. No I/O; on the shard's thread.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/mqtt/wire.hpp"
#include "gateway/routing_table.hpp"

namespace gateway::mqtt {

struct Subscription {
    std::string filter;
    int qos = 0;
    Retained retained = Retained::apply;
    bool no_local = false;
    /// False: the retain flag of a message says that it was sent because of the subscription. Where routes
    /// that share a filter differ in `retained`, and on 3.1.1 always, that is how they are told apart.
    bool retain_as_published = true;

    bool operator==(const Subscription&) const = default;
};

/// What `table` asks of `broker`: its sources, the reply topics of its targets, and `reply_topic` if one
/// replies by it; and `awaited`, the reply filters of calls that are out, whatever the table says now.
std::vector<Subscription> wanted_subscriptions(const RoutingTable& table,
                                               std::string_view broker,
                                               Protocol protocol,
                                               const std::string& reply_topic,
                                               const std::set<std::string>& awaited = {});

/// The same without overlap that could not be told apart.
std::vector<Subscription> without_duplicates(std::vector<Subscription> wanted, Protocol protocol);

class Subscriptions {
public:
    struct Difference {
        std::vector<SubscribeRequest> subscribe;
        std::vector<std::string> unsubscribe;
    };

    explicit Subscriptions(Protocol protocol) : protocol_{protocol} {}

    /// The new wishes; the difference is what a connection that is up has to send.
    Difference apply(std::vector<Subscription> wanted);
    /// All that a new connection has to send.
    std::vector<SubscribeRequest> connected(bool session_present);
    void disconnected();

    void on_result(std::uint64_t ticket, int code);

    bool complete() const;  // all granted
    bool settled() const;   // all answered, one way or the other
    bool granted(std::string_view filter) const;
    /// "broker refused filter 'a/#' (0x87)", for people; empty if there is nothing to say.
    std::string problems() const;

    /// Is this copy of a message the one that counts? `ids` are the subscription identifiers it came with.
    bool accepts(std::string_view topic, const std::vector<std::uint32_t>& ids) const;
    /// Was the message sent because we subscribed, not because it was published now? Only known where it
    /// matters.
    bool replayed(std::string_view topic, bool retain_flag) const;
    /// Is the retain flag of a message on this topic its publisher's? Never on 3.1.1 (section 3.3.1.3).
    bool shows_retain(std::string_view topic) const;
    bool matches_any(std::string_view topic) const;

private:
    enum class Answer : std::uint8_t { none, granted, refused };
    struct Entry {
        Subscription subscription;
        std::uint32_t id = 0;
        std::uint64_t ticket = 0;
        Answer answer = Answer::none;
        int code = 0;
        bool granted_before = false;
    };
    SubscribeRequest request(Entry& entry);
    const Entry* owner(std::string_view topic) const;

    Protocol protocol_;
    std::map<std::string, Entry, std::less<>> entries_;
    std::uint64_t last_ticket_ = 0;
    std::uint32_t last_id_ = 0;
};

}  // namespace gateway::mqtt
