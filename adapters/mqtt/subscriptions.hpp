// What a broker connection is subscribed to, what the broker said to each filter, and what is to be left. No
// I/O; on the shard's thread.
//
// A session that the broker has kept may hold filters that nobody wants any more: routes were reloaded while
// the connection was down, or this is a new run with other routes. Those of this run are known by name and
// left after CONNACK. Those of an earlier run are not, but with MQTT 5 a message tells by its subscription
// identifier which filter it came by (subscription_id.hpp), so each is left when it first delivers something.
//
// Until then, and for what was queued before, a message may come by a filter left over alone, or by several
// at once. None of those that match a wanted filter may be lost. So a copy that came by another filter counts
// until the filter that should bring it has brought something: brokers send in order, so what was queued
// before is through by then. That holds for every filter that is asked for while messages may be queued
// already: in a session that was kept, and after a reload. Copies of one message come one behind the other
// and count once, but for the first by such a filter: nothing tells whether it is a copy.
//
// What a group shares comes to one of its clients. Routes with a group overlap with no others, so if a copy
// comes by another filter, of replies, too, only the shared one is theirs.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/mqtt/wanted_subscriptions.hpp"
#include "adapters/mqtt/wire.hpp"

namespace gateway::mqtt {

class Subscriptions {
public:
    struct Difference {
        std::vector<SubscribeRequest> subscribe;
        std::vector<UnsubscribeRequest> unsubscribe;
    };

    explicit Subscriptions(Protocol protocol) : protocol_{protocol} {}

    /// The new wishes; the difference is what a connection that is up has to send.
    Difference apply(std::vector<Subscription> wanted);
    /// All that a new connection has to send, in this order.
    Difference connected(bool session_present);
    void disconnected();

    /// The subscription that brings this filter's messages, once more and with retained messages. Its answer
    /// is the caller's. nullopt: there is none.
    std::optional<SubscribeRequest> again(std::string_view filter);

    void on_result(std::uint64_t ticket, int code);
    void on_left(std::uint64_t ticket);

    bool complete() const;  // all granted
    bool settled() const;   // all answered, one way or the other
    bool granted(std::string_view filter) const;
    /// "the broker refused filter 'a/#': Not authorized (0x87)", for people; empty if there is nothing to
    /// say.
    std::string problems() const;

    /// Filters of an earlier run that `arrival` came by: to be left.
    std::vector<UnsubscribeRequest> left_over(const Arrival& arrival);
    /// Is this copy of a message the one that counts?
    bool accepts(const Arrival& arrival);
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
        bool delivers = false;  // nothing was queued before it, or it has brought a message that was
    };
    struct Taken {
        std::string topic;
        Bytes payload;
        std::vector<std::uint32_t> ids;
    };
    SubscribeRequest request(Entry& entry);
    SubscribeRequest request_for(const Entry& entry);
    UnsubscribeRequest leave(const std::string& filter);
    bool has_id(std::uint32_t id) const;
    bool delivering(const Entry& entry) const;
    const Entry* owner(std::string_view topic) const;
    const Entry* group_of(std::string_view topic) const;
    bool is_copy_of_last(const Arrival& arrival);

    Protocol protocol_;
    std::map<std::string, Entry, std::less<>> entries_;  // by what the broker is asked for
    std::map<std::string, std::uint64_t>
        leaving_;                        // not wanted, not yet left for sure; ticket of the request
    std::set<std::uint32_t> looked_up_;  // identifiers of no filter of ours
    std::optional<Taken> last_taken_;
    bool session_kept_ = false;
    std::uint64_t last_ticket_ = 0;
};

}  // namespace gateway::mqtt
