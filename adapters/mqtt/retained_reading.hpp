// Reads what a broker keeps under a filter, on the connection that messages come by, and knows when that is
// all: no I/O, on the shard's thread.
//
//   mark -> it is back -> SUBSCRIBE once more, with retained messages -> SUBACK -> mark -> it is back
//
// Brokers send retained messages when they handle a SUBSCRIBE, and what is published later after them. So a
// message of our own that comes back - a mark - says that all is here that was sent before. The first mark is
// for what other subscriptions have asked for: what comes behind it is ours. It has the highest QoS of what
// is read, as QoS 1 and 2 wait for each other and not for QoS 0. A mark that does not come back is a matter
// of a deadline, which is the owner's.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <variant>

#include "adapters/mqtt/wire.hpp"
#include "gateway/ports.hpp"

namespace gateway::mqtt {

class RetainedReading {
public:
    struct Mark {
        std::string payload;
        int qos = 0;
    };
    struct Again {
        std::string filter;  // or one that covers it
    };
    struct Done {};
    using Next = std::variant<std::monostate, Mark, Again, Done>;

    explicit RetainedReading(std::string topic) : topic_{std::move(topic)} {}

    /// Of the marks.
    const std::string& topic() const { return topic_; }

    /// One after the other.
    void add(std::string filter, int qos, KeptReader reader);
    /// If nothing is being read: the next one, if there is one.
    Next begin();
    /// What Again has asked for has been sent.
    void subscribing(std::uint64_t ticket, std::string filter);
    Next on_subscribed(std::uint64_t ticket, int code);

    bool is_mark(const Arrival& arrival) const { return arrival.topic == topic_; }
    Next on_mark(const Arrival& mark);
    /// Has this message come because of the reading, and for it alone?
    bool collects(const Arrival& arrival) const;
    void on_kept(Message message);

    /// Ends the one that is being read: with what has come, or with an error.
    void end(std::optional<Error> error);
    void end_all(const Error& error);
    bool reads() const { return state_ != State::idle; }

private:
    enum class State : std::uint8_t {
        idle,
        clearing,    // the first mark is out
        asking,      // SUBSCRIBE is out
        collecting,  // the second mark is out
    };
    struct Wish {
        std::string filter;
        int qos;
        KeptReader reader;
    };
    Mark mark();

    const std::string topic_;
    std::deque<Wish> wishes_;  // the first is being read
    State state_ = State::idle;
    std::uint64_t ticket_ = 0;
    std::string filter_;  // that was subscribed to once more
    std::uint64_t marks_ = 0;
};

}  // namespace gateway::mqtt
