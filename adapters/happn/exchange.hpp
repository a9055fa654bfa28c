// Calls of mesh methods over one session: a `set` on /_exchange/requests/... that names a callback address of
// this session, answered by a publication there. Keeps the pairs until answered, past their deadline, or the
// session is lost. No I/O; single-threaded; handlers may call back into it. Answers that nobody waits for are
// dropped and counted.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "adapters/happn/deadline_queue.hpp"
#include "adapters/happn/paths.hpp"
#include "adapters/happn/session_fsm.hpp"
#include "gateway/ports.hpp"

namespace happn {

/// Subscriptions for answers that a session keeps: on a secure mesh each method needs its own.
inline constexpr std::size_t max_response_channels = 500;

struct ExchangeCall {
    std::string domain;
    std::string component;
    std::string method;
    gateway::Bytes args;       // a valid JSON array
    std::string on_behalf_of;  // user name; empty: the session's own
    /// Old meshes never answer a call to a component they do not have; set false when the mesh's description
    /// lacks this one, and the call ends as soon as such a mesh has accepted it.
    bool described = true;
};

class Exchange {
public:
    using OnOutcome = std::function<void(gateway::Outcome)>;

    Exchange(SessionFsm& session, SessionPort& port) : session_{session}, port_{port} {}

    /// `done` is called exactly once.
    void call(ExchangeCall call, gateway::TimePoint deadline, OnOutcome done);

    void on_tick(gateway::TimePoint now);
    std::optional<gateway::TimePoint> next_deadline() const { return deadlines_.next(); }
    /// Before SessionFsm::on_closed: all calls fail at once, callback addresses of the old session are
    /// forgotten. A call that was never sent is Unavailable; of one that was nobody knows whether it has run:
    /// Timeout.
    void on_closed(std::string_view why);

    std::size_t pending() const { return calls_.size(); }

private:
    struct Pending {
        ExchangeCall call;
        std::string address;
        std::string channel;
        gateway::TimePoint deadline;
        OnOutcome done;
        bool sent = false;
    };
    struct Channel {
        bool ready = false;
        std::vector<std::uint64_t> waiting;  // calls, in order
        std::size_t in_flight = 0;
        std::uint64_t used = 0;  // number of the latest call
    };

    void forget_refused(const std::string& name);
    void make_room();
    void send(std::uint64_t sequence);
    void on_channel(const std::string& channel, const SessionFsm::Answer& answer);
    void on_accepted(std::uint64_t sequence, const SessionFsm::Answer& answer);
    void on_answer(const Publication& publication);
    void finish(std::uint64_t sequence, gateway::Outcome outcome);
    std::string request_data(const Pending& pending) const;
    std::string set_options(const Pending& pending) const;

    SessionFsm& session_;
    SessionPort& port_;
    std::unordered_map<std::uint64_t, Pending> calls_;
    std::map<std::string, Channel, std::less<>> channels_;
    DeadlineQueue deadlines_;
    std::uint64_t next_sequence_ = 1;
};

/// What an exchange answer means: {"status":"ok","args":[null,result,...]}; any other status is an error,
/// args[0] its object.
gateway::Outcome exchange_outcome(std::string_view data);

}  // namespace happn
