// A compiled route: what the mapping language means, without its spelling. Plain data, immutable once it is
// in a RoutingTable. The core works it in this order: decode -> map -> each target -> respond or errors. What
// a target's options mean on the wire is its adapter's business.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "gateway/clock.hpp"
#include "gateway/expression/address_pattern.hpp"
#include "gateway/expression/count.hpp"
#include "gateway/expression/object_map.hpp"
#include "gateway/expression/template.hpp"
#include "gateway/http_target.hpp"
#include "gateway/retry.hpp"

namespace gateway {

enum class Decode : std::uint8_t { json, text, number, boolean, bytes, form };
enum class Encode : std::uint8_t { as_is, json, text, bytes };
enum class Retained : std::uint8_t {
    apply,
    ignore,
    once
};  // MQTT 5.0 section 3.8.3.1, Retain Handling 0 / 2 / 1
enum class Consistency : std::uint8_t { queued, deferred, transactional, acknowledged };  // happn 0..3
enum class ValueType : std::uint8_t { string, integer, number, boolean, object, array, any };

// --- sources
// --------------------------------------------------------------------------------------------------------

struct MqttSource {
    std::string broker;  // key in the configuration
    AddressPattern topic;
    int qos = 0;
    Retained retained = Retained::apply;
    bool no_local = false;
    std::string group;  // of a shared subscription; empty: none
    Decode decode = Decode::json;
};

struct HappnSource {
    std::string mesh;  // key in the configuration, or "node"
    AddressPattern path;
    bool sets = true;
    bool removes = false;
    bool initial = false;
    Decode decode = Decode::json;
};

struct QueryParameter {
    std::string name;
    ValueType type = ValueType::string;
    std::optional<Value> fallback;
    bool required = false;
    std::optional<double> minimum, maximum;
};

struct HttpSource {
    enum class Auth : std::uint8_t { required, optional, none };
    enum class Body : std::uint8_t { json, form, text, bytes };
    std::string method;  // upper case
    AddressPattern path;
    Auth auth = Auth::required;  // counts on a secure mesh only
    Body body = Body::json;
    bool needs_body = false;  // what comes without one is refused: http_body.hpp
    std::vector<QueryParameter> query;
    std::optional<std::size_t> max_body;
    std::vector<std::string> origins;  // whose pages may use it besides its own (CORS); "*": all
    enum class Idempotency : std::uint8_t { none, optional, required };
    Idempotency idempotency = Idempotency::none;  // of POST and PATCH: is `Idempotency-Key` heeded?
};

struct Parameter {
    std::string name;
    ValueType type = ValueType::any;
    bool required = false;
    std::optional<double> minimum, maximum;
    std::optional<std::vector<std::string>> one_of;  // `enum`, as JSON texts
    std::string description;
};

struct CallSource {  // a method of a component that the gateway provides on its node
    std::string component;
    std::string method;
    std::vector<Parameter> parameters;
    std::string returns = {};  // JSON Schema of the answer, as text; empty: not declared
};

using SourceRule = std::variant<MqttSource, HappnSource, HttpSource, CallSource>;

// --- targets
// --------------------------------------------------------------------------------------------------------

/// How a device answers a command (MQTT 5.0 section 4.10, or by convention on 3.1.1).
struct ReplyRule {
    bool automatic = true;                 // v5: response topic and correlation data
    std::optional<AddressTemplate> topic;  // else: where the answer comes; {call.id} may stand in it
    std::optional<Template> id;  // where the answer holds the call's id: a template over the answer's payload
    Decode decode = Decode::json;
    int concurrency = 0;  // 0: unlimited; 1: one call per address at a time, answers in order
};

struct MqttTarget {
    std::string broker;
    AddressTemplate topic;
    int qos = 0;
    bool retain = false;
    std::optional<std::uint32_t> expiry;  // seconds
    std::optional<Template> content_type;
    std::vector<std::pair<std::string, Template>> user;
    std::optional<ReplyRule> reply;
    bool clear_on_remove = false;  // on_remove: clear
};

struct HappnTarget {
    enum class Verb : std::uint8_t { set, get, remove };
    Verb verb = Verb::set;
    std::string mesh;
    AddressTemplate path;
    bool merge = false;
    bool no_store = false;
    bool no_publish = false;
    Consistency consistency = Consistency::transactional;
    std::optional<ObjectMap> meta;
    bool remove_on_remove = false;  // on_remove: remove
    bool remove_on_empty = false;   // on_empty: remove (an empty retained MQTT message)
    // of get
    std::optional<ObjectMap> criteria, fields, sort;
    std::optional<Count> limit, skip;
    bool with_meta = false;
};

struct CallTarget {
    std::string mesh;
    AddressTemplate method;  // "component/method"
    std::optional<ObjectMap> args;
    std::vector<AddressPattern>
        allow;  // call-kind patterns "component/method", needed when the address has captures
};

struct AnswerTarget {
    ObjectMap value;
};

/// What becomes of a reader that does not keep up.
struct StreamOptions {
    enum class Overflow : std::uint8_t { drop_oldest, close };
    std::size_t max_queue = 1000;  // items waiting for one reader
    Overflow overflow = Overflow::drop_oldest;
    Duration heartbeat = std::chrono::seconds{15};  // without an item; also how soon a dead reader shows
};

struct HappnStream {
    std::string mesh;
    AddressTemplate path;  // with wildcards; `{*name}` is a capture of each item
    bool sets = true;
    bool removes = false;
    bool with_meta = false;  // items as happn gives them, with path and times in `_meta`
};

struct MqttStream {
    std::string broker;
    AddressTemplate filter;  // with wildcards, as the path of a HappnStream
    int qos = 0;
    Decode decode = Decode::json;
    bool remove_on_empty = false;  // on_empty: remove
};

struct StreamTarget {  // behind an HTTP source, alone
    std::variant<HappnStream, MqttStream> from;
    bool initial = false;  // begin with what is stored, or retained
    StreamOptions options;

    const AddressTemplate& address() const;
};

/// A payload that a test of the mapping file sends or expects: for documents made from the routes.
struct PayloadExample {
    std::string name;  // of the test
    std::string json;
};

using TargetRule = std::variant<MqttTarget, HappnTarget, CallTarget, AnswerTarget, StreamTarget, HttpTarget>;

enum class As : std::uint8_t { caller, service, named };

struct Target {
    std::string name;  // of `respond.from`; empty: none
    TargetRule rule;
    std::optional<ObjectMap> body;  // the payload for this target, instead of the mapped one
    Encode encode = Encode::as_is;
    As as = As::caller;
    std::optional<Template> as_user;  // of As::named
    bool required = true;
    Duration timeout = std::chrono::seconds{10};
    std::vector<PayloadExample> examples = {};
    bool answers() const;  // happn, call, answer, stream, http, MQTT with reply
};

// --- answers
// --------------------------------------------------------------------------------------------------------

struct Respond {
    std::string from;  // name of the target whose answer counts; empty: the first that ran and answers
    std::optional<int> status;
    std::vector<std::pair<std::string, Template>> headers;
    std::vector<std::pair<std::string, Template>> user;
    std::optional<ObjectMap> body;
    std::optional<int> missing;            // status for an answer that is null
    bool none_removed_is_missing = false;  // and for 0, the answer of a remove
    bool etag = false;                     // by the times of what was read
};

struct ErrorRule {  // first that fits shapes the answer; an unset condition always holds
    std::optional<std::string> name;
    std::optional<int> code;
    std::optional<int> status;
    std::vector<std::pair<std::string, Template>> headers;
    std::vector<std::pair<std::string, Template>> user;
    std::optional<ObjectMap> body;
};

// --- delivery

/// at-least-once: kept on disk until every target has it, or it is given up (spool/spool.hpp).
struct Guarantee {
    std::optional<Template>
        order;  // messages for which this is the same are delivered in order; none: the address
    std::optional<Duration> ttl;                                   // after its arrival; then it is given up
    Retry retry{.max = 20, .statuses = {{429, 429}, {500, 599}}};  // of an attempt at all targets
};

// --- two ways

enum class Prefer : std::uint8_t { newest, a, b };

/// What becomes of the ends of a two-way route after a gap: what both hold is compared (sync/pair.hpp).
struct Resync {
    Prefer prefer = Prefer::newest;
    std::optional<Template> newest_by;  // over the payload of this half's source; the greater is the newer
    bool removes_missing = false;       // what the preferred end does not have is removed at the other
};

// --- examples
// --------------------------------------------------------------------------------------------------------

/// One message of a test of the mapping file, and what it is answered: for documents made from the routes. No
/// part of how a route works.
struct RouteExample {
    std::string name;  // of the test
    Captures captures;
    std::vector<std::pair<std::string, std::string>> query;  // decoded
    std::string payload;        // JSON; of a call: the arguments by name; empty: none, or no JSON
    std::optional<int> status;  // of the answer; nullopt: the test does not say
    std::string answer;         // JSON, at least so (tests name what they look at); empty: not said
};

// --- the route
// ------------------------------------------------------------------------------------------------------

struct Route {
    std::string name;
    std::string description;
    SourceRule source;
    std::optional<ObjectMap> map;
    std::vector<Target> targets;
    std::optional<Respond> respond;
    std::vector<ErrorRule> errors;
    std::optional<Guarantee> guarantee;  // none: at-most-once
    /// One half of a two-way route: what this gateway has sent does not come back. Both halves carry the same
    /// pair name.
    std::optional<std::string> sync_pair;
    bool from_b = false;           // of the two halves, the one that leads from end b to end a
    std::optional<Resync> resync;  // none: a gap is left as it is
    std::string place;             // file:line, for people
    /// Of how it is written: another one after a reload says that the route has changed. See
    /// mappings::load.
    std::size_t definition = 0;
    std::vector<RouteExample> examples = {};

    bool waits() const;  // its source is answered: HTTP, call
    bool answers() const;
};

struct ComponentRule {
    std::string name;
    std::string version = "1.0.0";
    std::string description;
};

}  // namespace gateway
