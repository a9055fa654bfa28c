// Calls that devices answer over MQTT: which arrival is the answer to which call.
//
//   auto (version 5)      response topic + correlation data (MQTT 5.0 section 4.10)
//   reply topic with id   {call.id} in a level of the topic, or in the answer's payload
//   reply topic without   one call at a time per reply topic; the others wait their turn
//
// A call without an id that timed out cannot be told from the next one on the same topic: give devices an id
// where they can carry one. Deadlines are the dispatcher's: it says abandon(). No I/O, virtual time, on the
// shard's thread.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "adapters/mqtt/wire.hpp"
#include "gateway/ports.hpp"
#include "gateway/route.hpp"

namespace gateway::mqtt {

class DeviceCalls {
public:
    static constexpr std::size_t max_waiting = 1000;  // calls that wait for their turn, per reply topic

    struct Send {
        DeliveryId id;
        Output output;
        std::string response_topic;  // empty on 3.1.1
        std::string correlation_data;
    };
    struct Finish {
        DeliveryId id;
        Outcome outcome;
    };
    struct Left {
        DeliveryId id;
        bool waited;  // for its turn: the device has not been asked yet
    };
    /// What to do next, in this order.
    struct Actions {
        std::vector<Finish> finish;
        std::vector<Send> send;
        bool is_reply = false;    // of on_arrival: it answered a call
        bool is_private = false;  // of on_arrival: it came by our own response topic and is nobody else's
    };

    /// Gives the printable part of a call's correlation data that nobody can guess: another for each call.
    using Nonce = std::function<std::string()>;

    /// `response_topic`: for `auto`.
    DeviceCalls(Protocol protocol, std::string response_topic, Nonce nonce);

    Actions start(DeliveryId id, Output output, TimePoint now);
    Actions on_arrival(const Arrival& arrival, TimePoint now);
    /// Nobody waits any more, or the request could not be sent.
    Actions abandon(DeliveryId id, TimePoint now);
    /// The connection is gone, and with it every answer. Gives the calls that were left.
    std::vector<Left> end_all();

    std::size_t size() const { return calls_.size(); }
    /// The filters that the answers to the calls come by.
    std::set<std::string> reply_filters() const;
    /// The routes have changed: the calls of now are those of before.
    void new_routes();
    /// Is a call left from before the routes changed?
    bool has_earlier() const { return earlier_ > 0; }
    const std::string& response_topic() const { return response_topic_; }

private:
    struct Call {
        std::string call_id;
        std::string channel;      // empty: none
        std::string correlation;  // empty: none, or not sent yet
        ReplyRule rule;
        std::optional<Output> waiting;  // not sent yet
        std::uint64_t generation = 0;
    };
    /// One reply topic (or, for `auto` with a concurrency, one command topic).
    struct Channel {
        std::deque<DeliveryId> running;
        std::deque<DeliveryId> waiting;
    };

    std::optional<Error> refuse(const Output& output, const ReplyRule& rule) const;
    std::size_t turns(const Call& call, const Output& output) const;
    Send make_send(DeliveryId id, Output output);
    std::optional<DeliveryId> find(const Arrival& arrival) const;
    std::optional<DeliveryId> by_correlation(const std::string& data) const;
    std::optional<DeliveryId> by_payload(const Channel& channel, const Arrival& arrival) const;
    void erase(DeliveryId id);
    void remove(DeliveryId id, TimePoint now, Actions& actions);
    void take_turn(const std::string& name, TimePoint now, Actions& actions);

    Protocol protocol_;
    std::string response_topic_;
    Nonce nonce_;
    std::unordered_map<DeliveryId, Call> calls_;
    std::uint64_t generation_ = 0;  // of the routes
    std::size_t earlier_ = 0;       // calls of generations before
    std::unordered_map<std::string, DeliveryId> by_correlation_;
    std::unordered_map<std::string, Channel> channels_;
};

}  // namespace gateway::mqtt
