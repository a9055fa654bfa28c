// One happn session as a client, without I/O: takes frames and time, and tells its port what to send. The
// connection beside it owns sockets and timers. Single-threaded; handlers may call back into it. Errors are
// values; whatever the server sends, nothing throws.
//
//   closed --on_open--> configuring --> describing --> logging_in --> subscribing --> ready
//                           |  no answer: the next protocol, on the same socket
//   any --on_closed--> closed      all that was asked fails at once; kept subscriptions are made again after
//   the next login
//
// Facts about order, silence and dialects were measured on happn-3 1.12.1 and 13.12.1
// (tests/data/captures).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "adapters/happn/deadline_queue.hpp"
#include "adapters/happn/frame.hpp"
#include "adapters/happn/retry_times.hpp"
#include "gateway/clock.hpp"
#include "gateway/error.hpp"
#include "gateway/principal.hpp"
#include "gateway/receipt.hpp"

namespace happn {

inline constexpr std::string_view newest_protocol = "happn_4";
inline constexpr std::string_view oldest_protocol = "happn_1.3.0";

struct SessionSettings {
    std::vector<std::string> protocols{std::string{newest_protocol},
                                       std::string{oldest_protocol}};  // tried in order
    std::string username;
    gateway::Secret password;
    gateway::Secret token;
    std::string info = R"({"_browser":false,"_local":false})";     // of the login, as JSON
    gateway::Duration protocol_timeout = std::chrono::seconds{2};  // silence means: not this protocol
    gateway::Duration step_timeout = std::chrono::seconds{10};     // of every other step until ready
    gateway::Duration ping_interval = std::chrono::seconds{25};    // old servers close after 35 s of silence
    gateway::Duration pong_timeout = std::chrono::seconds{10};
    gateway::Duration stated_timeout =
        std::chrono::seconds{60};  // `options.timeout` of what the session asks itself
    /// Before a subscription that the mesh has not answered is asked for again; doubled each time.
    gateway::Duration retry_min = std::chrono::seconds{1};
    gateway::Duration retry_max = std::chrono::seconds{30};
    /// Before one that it has refused is: not every generation tells when rights have changed.
    gateway::Duration refused_retry = std::chrono::seconds{60};
    std::size_t max_pending = 100'000;  // requests without an answer
    std::size_t max_subscriptions = 10'000;
    std::size_t reserved_subscriptions = 2'000;  // of these: never taken by who yields
};

/// What the login answered.
struct SessionFacts {
    std::string id;
    std::string username;   // empty on an insecure mesh
    gateway::Secret token;  // the mesh's, for this user; empty on an insecure mesh
    std::string node_name;
    bool secure = false;
    std::string protocol;  // that was accepted
    std::string account;   // see session_account.hpp; empty on an insecure mesh

    /// The dialect of happn-3 4 and later: noDataResponse, referenceId, server pings.
    bool modern() const { return protocol == newest_protocol; }
};

struct Publication {  // views, valid during the call
    std::string_view channel;
    std::string_view path;
    std::string_view data;  // raw
    std::string_view meta;  // raw
    std::string_view publication_id;
    bool removed = false;
    bool initial = false;  // a stored value, because the subscription asked for them
    /// Of consistency 3, else null: the mesh is sent its acknowledgement when all shares of it have ended.
    std::shared_ptr<gateway::Receipt> receipt = {};
};

/// Why a session ended, for whoever decides about the next one.
struct Ending {
    enum class Kind : std::uint8_t {
        lost,     // come back with the usual backoff
        refused,  // the mesh will not have these credentials, or we cannot speak to it: come back much later
        dismissed,  // told not to come back (primus::server::close)
    };
    Kind kind = Kind::lost;
    gateway::Error error;
};

class SessionPort {
public:
    virtual ~SessionPort() = default;
    virtual void send(std::string frame) = 0;
    /// Close the socket; on_closed follows.
    virtual void drop() = 0;
    /// Logged in, and every kept subscription has been made again (or refused by the mesh).
    virtual void on_ready() = 0;
    /// An odd event, for the counters.
    virtual void count(std::string_view name) = 0;
    /// The time of this call, for what is asked between two events: the last may be long ago.
    virtual gateway::TimePoint now() const = 0;
};

class SessionFsm {
public:
    enum class State : std::uint8_t { closed, configuring, describing, logging_in, subscribing, ready };

    /// A frame that answered with status ok; valid during the call.
    using Answer = gateway::Result<const Frame*>;
    using OnAnswer = std::function<void(const Answer&)>;
    using OnPublication = std::function<void(const Publication&)>;
    /// nullopt: every subscriber has acknowledged.
    using OnAcknowledged = std::function<void(std::optional<gateway::Error>)>;

    struct Ask {
        std::string_view action;
        std::string_view path;     // empty: none
        std::string_view data;     // raw; empty: none
        std::string_view options;  // raw; empty: none
        bool changes = false;      // something, so that it matters whether a lost one was carried out
    };

    struct Subscribe {
        std::string channel;  // "/SET@/a/*"
        bool initial = false;
        bool keep = true;     // made again after a reconnect; else forgotten on loss
        std::string meta;     // options.meta as JSON; may be empty
        bool yields = false;  // refused where only the reserved ones are left
        /// Later on, when the user's rights or the session have changed, the mesh has refused it.
        std::function<void(const gateway::Error&)> on_refused = {};
        /// Later on, the mesh has taken it after all.
        std::function<void()> on_made = {};
    };

    SessionFsm(SessionSettings settings, SessionPort& port);

    void on_open(gateway::TimePoint now);
    void on_text(std::string_view text, gateway::TimePoint now);
    void on_tick(gateway::TimePoint now);
    void on_closed(std::string_view why);

    /// When on_tick wants to be called next; nullopt: not before something happens.
    std::optional<gateway::TimePoint> next_deadline() const;

    /// Fails with Unavailable unless ready, with Timeout at the deadline, and when the session is lost: with
    /// Timeout too if it changes something, as nobody knows whether that was done, else with Unavailable.
    /// `done` is called exactly once.
    void ask(const Ask& ask, gateway::TimePoint deadline, OnAnswer done);

    /// For a publication with consistency 3: `accepted` with the mesh's answer, and if that was ok,
    /// `acknowledged` when the mesh tells what its subscribers said. What comes first of both: an error, the
    /// deadline, the end of the session, is told once.
    void ask_acknowledged(const Ask& ask,
                          gateway::TimePoint deadline,
                          OnAnswer accepted,
                          OnAcknowledged acknowledged);

    /// One subscription a channel: the caller must not subscribe to a channel twice. `done` (may be empty) is
    /// called once, when the mesh has answered or the time for it is over; a kept subscription that is asked
    /// for while not ready waits for that. One that is kept and was not made is tried again until it is.
    void subscribe(Subscribe subscription, OnPublication on_publication, OnAnswer done);
    void unsubscribe(const std::string& channel);
    /// From the next login on, what is stored comes with this subscription. False: the mesh has not been
    /// asked for it yet, or not since it was lost; so that will be soon.
    bool want_initial(const std::string& channel);
    bool subscribed(const std::string& channel) const;
    /// Why it was not made, the last time it was tried; empty: it has been made, or is waited for.
    std::string_view trouble_of(const std::string& channel) const;

    /// Tells the mesh that we go; the answer ends the session with drop(). Newer meshes do not answer: drop()
    /// at once.
    void disconnect(gateway::TimePoint now);
    /// The mesh does not honour this session any more: ends it as lost, so that the next one logs in again.
    void abandon(std::string why) { lose(std::move(why)); }

    State state() const { return state_; }
    bool ready() const { return state_ == State::ready; }
    const SessionFacts& facts() const { return facts_; }
    const Ending& ending() const { return ending_; }
    std::size_t pending() const { return pending_.size(); }
    const SessionSettings& settings() const { return settings_; }
    /// For what is asked now and by nobody in particular.
    gateway::TimePoint usual_deadline() const { return port_.now() + settings_.step_timeout; }

private:
    struct Acknowledgement {
        std::optional<gateway::Error> error;
    };
    struct Pending {
        OnAnswer done;  // empty once the answer has come
        OnAcknowledged acknowledged;
        bool changes = false;
        std::optional<Acknowledgement> early = {};  // came before the answer
        OnAnswer late = {};  // for an answer that comes after `done` was told of the end
        void fail(const gateway::Error& error) const;
    };
    /// One `on`. Those of a session have numbers, which old servers know it by.
    struct Attempt {
        std::string channel;
        std::uint64_t number = 0;
        bool renewal = false;  // it had been made before
    };
    struct Made {
        std::uint64_t number = 0;
        std::string reference;  // that newer servers know it by, raw
    };
    struct Subscription {
        Subscribe wanted;
        OnPublication on_publication;
        OnAnswer done;
        std::uint64_t first = 0;   // attempts before this one were for a former subscription to the channel
        std::optional<Made> made;  // the mesh has it
        std::string trouble;       // why not
        unsigned unanswered = 0;   // attempts in a row
    };

    void announce(gateway::TimePoint now);
    void describe(gateway::TimePoint now);
    void login(gateway::TimePoint now);
    void enter(State state, gateway::TimePoint now, gateway::Duration limit);
    std::uint64_t send_step(std::string_view action, std::string_view data, std::string_view options);

    void enqueue(const Ask& ask, gateway::TimePoint deadline, Pending pending);

    void on_control(std::string_view word);
    void on_system(const Frame& frame);
    void on_ack(const Frame& frame);
    void on_published(const Frame& frame, gateway::TimePoint now);
    void on_response(const Frame& frame, gateway::TimePoint now);
    void on_unexpected(const Frame& frame, std::uint64_t event, gateway::TimePoint now);
    void on_step_answer(const Frame& frame, gateway::TimePoint now);
    void on_described(const Frame& frame, gateway::TimePoint now);
    void on_logged_in(const Frame& frame, gateway::TimePoint now);
    bool revived_protocol(std::uint64_t event, gateway::TimePoint now);

    void renew_subscriptions();
    void send_on(const std::string& channel, gateway::TimePoint deadline);
    std::size_t most_subscriptions(const Subscribe& wanted) const;
    std::string on_options(const Subscribe& wanted, std::uint64_t number) const;
    void on_attempt(const Attempt& attempt, const Answer& answer);
    void on_made(const Attempt& attempt, const Frame& frame);
    void on_refused(const Attempt& attempt, const gateway::Error& error);
    void on_unanswered(const Attempt& attempt, const gateway::Error& error);
    void tell(const Attempt& attempt, const Answer& answer);
    Subscription* find(const Attempt& attempt);
    gateway::Duration pause_after(unsigned unanswered) const;
    void try_again(gateway::TimePoint now);
    void on_restored(const Answer& answer);
    void send_off(const std::string& channel, const Made& made);
    void deliver_initial(const std::string& channel, const Frame& frame);
    void check_restored();

    std::string stated_timeout() const;  // in ms, for `options.timeout`

    void refuse(gateway::Error error);
    void lose(std::string why);
    void expire(std::uint64_t event);
    void keep_alive(gateway::TimePoint now);
    std::shared_ptr<gateway::Receipt> receipt_of(const Frame& frame);
    void acknowledge(std::string_view publication_id);

    SessionSettings settings_;
    SessionPort& port_;
    State state_ = State::closed;
    SessionFacts facts_;
    Ending ending_;

    std::uint64_t next_event_ = 1;          // goes on over reconnects, as JS clients do
    std::uint64_t step_event_ = 0;          // the set-up request that is waited for
    bool session_expired_ = false;          // said by the mesh
    std::vector<std::uint64_t> announced_;  // events of configure-session, by index of settings_.protocols
    std::size_t protocol_ = 0;
    bool revived_ = false;
    gateway::TimePoint step_deadline_{};

    gateway::TimePoint ping_at_{};
    std::optional<gateway::TimePoint> pinged_;
    bool heard_since_ping_ = true;

    std::unordered_map<std::uint64_t, Pending> pending_;
    DeadlineQueue deadlines_;
    std::map<std::uint64_t, OnAnswer> late_;  // by event; at most max_subscriptions, the latest

    std::map<std::string, Subscription, std::less<>> subscriptions_;
    RetryTimes retries_;  // of channels
    std::uint64_t next_attempt_ = 0;
    std::size_t restoring_ = 0;
    std::shared_ptr<char> alive_ = std::make_shared<char>();  // receipts hold it weakly
};

std::string_view state_name(SessionFsm::State state);

}  // namespace happn
