// Reads what a mesh says about itself (/mesh/schema/description) once a session is ready, and asks again
// after a pause: a happner mesh writes it some time after it takes clients. A server that has none each time,
// or shows it to nobody like us, is plain happn, a mesh without components. No I/O; owned by ServiceSession,
// which calls on_tick; single-threaded. Errors are kept for /ready.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/happn/mesh_schema.hpp"
#include "adapters/happn/session_fsm.hpp"
#include "gateway/clock.hpp"

namespace happn {

class DescriptionReader {
public:
    static constexpr auto pause = std::chrono::seconds{2};
    static constexpr int tries = 3;  // answers without a description, then there is none

    /// How a request is sent; as SessionFsm::ask.
    using Ask = std::function<void(const SessionFsm::Ask&, gateway::TimePoint, SessionFsm::OnAnswer)>;

    /// Why the mesh could not be asked, or has not answered in time; nullopt: it has, whatever it said.
    using OnRead = std::function<void(std::optional<gateway::Error>)>;

    DescriptionReader(Ask ask, gateway::Duration answer_limit)
        : ask_{std::move(ask)}, answer_limit_{answer_limit} {}

    void on_ready(gateway::TimePoint now);
    void on_closed();
    void on_tick(gateway::TimePoint now);
    /// Reads it once more, whatever is known. Who asks while a read is under way gets what the next one
    /// brings: one at a time, however many ask, unless it would come too late for who asks now. `done` comes
    /// at the deadline at the latest.
    void refresh(gateway::TimePoint deadline, OnRead done);
    std::optional<gateway::TimePoint> next_deadline() const { return again_at_; }
    /// A description that has been read or published, raw; anything else is ignored.
    void take(std::string_view data);

    /// The latest, kept over the loss of a session; null: none yet.
    const DescriptionPtr& description() const { return description_; }
    /// Why there is none of this session; empty: there is one.
    std::string missing() const;

private:
    void read(gateway::TimePoint now);
    void on_answer(const SessionFsm::Answer& answer);
    struct Waiting {
        gateway::TimePoint deadline;
        OnRead done;
    };

    void read_for_waiting();
    void serve(std::vector<Waiting> served, gateway::TimePoint until, const SessionFsm::Answer& answer);

    Ask ask_;
    gateway::Duration answer_limit_;
    DescriptionPtr description_;
    bool current_ = false;
    int answered_ = 0;
    std::string why_;
    std::optional<gateway::TimePoint> again_at_;
    std::vector<Waiting> waiting_;                        // for the next refresh
    std::optional<gateway::TimePoint> refreshing_until_;  // of the latest that is under way
};

}  // namespace happn
