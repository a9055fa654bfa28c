// What a session asks of the mesh, each request with its deadline.
#include <utility>

#include "adapters/happn/session_fsm.hpp"

namespace happn {

using gateway::Errc;
using gateway::Error;
using gateway::TimePoint;

std::string SessionFsm::stated_timeout() const {
    return std::to_string(
        std::chrono::duration_cast<gateway::Milliseconds>(settings_.stated_timeout).count());
}

void SessionFsm::Pending::fail(const Error& error) const {
    if (done) {
        done(Answer{error});
    } else {
        acknowledged(error);
    }
}

void SessionFsm::ask(const Ask& ask, TimePoint deadline, OnAnswer done) {
    enqueue(ask, deadline, Pending{std::move(done), {}, ask.changes});
}

void SessionFsm::ask_acknowledged(const Ask& ask,
                                  TimePoint deadline,
                                  OnAnswer accepted,
                                  OnAcknowledged acknowledged) {
    enqueue(ask, deadline, Pending{std::move(accepted), std::move(acknowledged), ask.changes});
}

void SessionFsm::enqueue(const Ask& ask, TimePoint deadline, Pending pending) {
    if (state_ != State::ready && state_ != State::subscribing) {
        pending.fail(Error{Errc::unavailable, "the mesh is not connected"});
        return;
    }
    if (pending_.size() >= settings_.max_pending) {
        pending.fail(Error{Errc::overloaded, "too many requests wait for the mesh"});
        return;
    }
    Request request;
    request.action = ask.action;
    request.event_id = next_event_++;
    request.path = ask.path;
    request.data = ask.data;
    request.session_id = facts_.id;
    request.options = ask.options;
    pending_.emplace(request.event_id, std::move(pending));
    deadlines_.add(deadline, request.event_id);
    port_.send(write_request(request));
}

}  // namespace happn
