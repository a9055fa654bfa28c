// Everything the core expects of an edge, and what an edge may expect of the core. All of it runs on the
// shard's thread.
//
//   source:  adapter -> Dispatcher::receive / run
//   target:  Dispatcher -> Sink::deliver(id, output) ... adapter -> Outcomes::on_outcome(id, outcome)
//
// A delivery id names one output of one execution of a route. Each id gets one outcome; the first counts,
// later ones are dropped and counted, so that an adapter never has to know who gave up first. At-least-once
// delivery is built on the same ids: the outcome is what removes a message from the spool. A stream is a
// delivery with many items before its outcome: on_open, on_stored, on_item ..., and then the outcome, or
// forget(id).
#pragma once

#include <boost/system/result.hpp>
#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/error.hpp"
#include "gateway/expression/address_pattern.hpp"
#include "gateway/message.hpp"
#include "gateway/stream.hpp"

namespace gateway {

struct Route;        // gateway/route.hpp
struct Target;       // gateway/route.hpp
class RoutingTable;  // gateway/routing_table.hpp

using DeliveryId = std::uint64_t;

/// What a route wants done at one target, with every template expanded.
struct Output {
    const Target* target = nullptr;  // outlives the delivery
    std::string address;             // topic, path, component/method, or URL
    Payload payload;  // for a call: the arguments, a JSON array (by position) or object (by name)
    Action action = Action::set;
    Principal principal;       // whose session to use
    std::string on_behalf_of;  // delegation: act for this user, where the mesh has it; empty: no
    int hops = 0;              // to be sent along with the gateway's id
    TimePoint deadline;
    // of the targets that have them
    std::vector<NameValue> user;     // MQTT 5 user properties
    std::vector<NameValue> headers;  // of an HTTP request, as the mapping names them
    std::string content_type;
    std::string meta;         // happn options.meta, a JSON object as text, or empty
    std::string options;      // happn get: criteria, fields, sort ... as a JSON object, or empty
    std::string attempt_of;   // of a message that is kept until it is delivered: what it is known by, on each
                              // attempt, at this target; empty: this is the only one
    std::string call_id;      // of an MQTT target with `reply`: a slug, unique in this process
    std::string reply_topic;  // of an MQTT target with `reply: { topic }`: expanded, else empty
    // of a stream
    std::shared_ptr<const AddressPattern> pattern;  // which addresses; its captures are those of the items
    std::string resume_after;  // the mark of the last item that the reader has; empty: it has none
};

struct Outcome {
    Outcome() = default;
    explicit Outcome(Payload reply) : answer{std::move(reply)} {}
    explicit Outcome(Error why) : error{std::move(why)} {}

    std::optional<Error> error;  // absent: the target has confirmed
    Payload answer;              // what the target answered, if it answers
    std::vector<Bytes> answers;  // all results of a method, as JSON; answers[0] is `answer`
    std::string version;         // of what was read: differs whenever the answer would; empty: not known
};

class Outcomes {
public:
    virtual ~Outcomes() = default;
    virtual void on_outcome(DeliveryId id, Outcome outcome) = 0;
    /// The stream is open: from here on it has no deadline any more. Before its first item.
    virtual void on_open(DeliveryId id) = 0;
    /// Items whose address does not match the pattern are dropped: the transport's own wildcards may be
    /// wider.
    virtual void on_item(DeliveryId id, StreamItem item) = 0;
    /// Items were missed here that cannot be brought any more.
    virtual void on_gap(DeliveryId id) = 0;
    /// The sink keeps stored values for the reader, who takes them by Sink::next_stored.
    virtual void on_stored(DeliveryId id) = 0;
};

/// Takes what a broker or a mesh keeps: each value as the message that would have brought it, and then the
/// end. The error says that it could not be read, or not all of it. Nothing follows the end.
struct KeptReader {
    std::function<void(Message)> on_kept;
    std::function<void(std::optional<Error>)> on_end;
};

/// One connection that outputs can be sent by: a broker, or a mesh.
class Sink {
public:
    virtual ~Sink() = default;
    /// Never blocks, never throws, keeps what it needs of `output`. The outcome may be reported before it
    /// returns.
    virtual void deliver(DeliveryId id, Output output) = 0;
    /// Nobody waits for this delivery any more (its deadline passed, its caller left). A late answer is
    /// dropped.
    virtual void forget(DeliveryId) {}
    /// Of a stream, see OpenStream::next_stored. Calls nobody.
    virtual std::optional<StreamItem> next_stored(DeliveryId) { return std::nullopt; }
    /// Brings what is kept now at the addresses of this route's source, and that is not brought to any route.
    /// A message that this connection has delivered before the end is older than the end. May call back
    /// before it returns.
    virtual void bring_kept(const Route&, KeptReader reader) {
        reader.on_end(Error{Errc::unavailable, "nothing is kept there"});
    }
};

/// A connection as a source names it.
struct ConnectionName {
    enum class Kind : std::uint8_t { broker, mesh };
    Kind kind = Kind::mesh;
    std::string name;  // its key in the configuration
    auto operator<=>(const ConnectionName&) const = default;
};

struct ConnectionState {
    std::string kind;  // "mesh" "broker" "listener"
    std::string name;  // its key in the configuration
    bool required = true;
    bool ready = false;  // connected, logged in, subscribed to all the table asks for
    std::string detail;  // what is missing, for /ready and people
    std::uint64_t reconnects = 0;
};

/// One connection that messages come in by. A new table is applied as a difference: what both tables ask for
/// stays subscribed throughout.
class Source {
public:
    virtual ~Source() = default;
    virtual void apply(std::shared_ptr<const RoutingTable> table) = 0;
    virtual ConnectionState state() const = 0;
};

}  // namespace gateway
