// How a session is set up, in the order of its steps: announce the protocol, describe, log in, subscribe
// again.
#include <utility>

#include "adapters/happn/mesh_error.hpp"
#include "adapters/happn/session_account.hpp"
#include "adapters/happn/session_fsm.hpp"
#include "adapters/happn/text_member.hpp"
#include "gateway/json.hpp"

namespace happn {

namespace json = gateway::json;
using gateway::Errc;
using gateway::TimePoint;

namespace {

constexpr std::string_view announced_version = "13.12.1";  // newer servers keep it

bool true_member(std::string_view object, std::string_view key) {
    return json::member(object, key) == std::string_view{"true"};
}

}  // namespace

void SessionFsm::on_open(TimePoint now) {
    ending_ = {};
    facts_.protocol.clear();
    protocol_ = 0;
    revived_ = false;
    session_expired_ = false;
    announced_.assign(settings_.protocols.size(), 0);
    ping_at_ = now + settings_.ping_interval;
    pinged_.reset();
    announce(now);
}

void SessionFsm::enter(State state, TimePoint now, gateway::Duration limit) {
    state_ = state;
    step_deadline_ = now + limit;
}

std::uint64_t SessionFsm::send_step(std::string_view action,
                                    std::string_view data,
                                    std::string_view options) {
    Request request;
    request.action = action;
    request.event_id = next_event_++;
    request.data = data;
    request.options = options;
    port_.send(write_request(request));
    return request.event_id;
}

void SessionFsm::announce(TimePoint now) {
    const bool last = protocol_ + 1 >= settings_.protocols.size();
    enter(State::configuring, now, last ? settings_.step_timeout : settings_.protocol_timeout);
    const auto& protocol = settings_.protocols[protocol_];
    std::string data;
    ObjectWriter writer{data};
    writer.text("protocol", protocol);
    if (protocol == newest_protocol) {
        writer.text("version", announced_version).boolean("browser", false);
    }
    writer.end();
    step_event_ = send_step("configure-session", data, {});
    announced_[protocol_] = step_event_;
}

void SessionFsm::describe(TimePoint now) {
    enter(State::describing, now, settings_.step_timeout);
    step_event_ = send_step("describe", facts_.modern() ? "null" : "", {});
}

/// The answer to an earlier announcement that came late: the server knows the better protocol after all, but
/// the later announcement has already moved it on. Announce the better one again.
bool SessionFsm::revived_protocol(std::uint64_t event, TimePoint now) {
    if (state_ != State::configuring || revived_) {
        return false;
    }
    for (std::size_t earlier = 0; earlier < protocol_; ++earlier) {
        if (announced_[earlier] == event) {
            revived_ = true;
            protocol_ = earlier;
            announce(now);
            step_deadline_ = now + settings_.step_timeout;
            return true;
        }
    }
    return false;
}

void SessionFsm::on_step_answer(const Frame& frame, TimePoint now) {
    step_event_ = 0;
    if (frame.meta.status != "ok") {
        auto error =
            state_ == State::logging_in ? login_error(frame.meta.error) : mesh_error(frame.meta.error);
        if (error.errc == Errc::unauthorized || error.errc == Errc::access_denied) {
            refuse(std::move(error));
        } else {
            lose(std::string{state_name(state_)} + " failed: " + error.message);
        }
        return;
    }
    switch (state_) {
        case State::configuring:
            facts_.protocol = settings_.protocols[protocol_];
            describe(now);
            break;
        case State::describing:
            on_described(frame, now);
            break;
        case State::logging_in:
            on_logged_in(frame, now);
            break;
        default:
            break;
    }
}

void SessionFsm::on_described(const Frame& frame, TimePoint now) {
    facts_.secure = true_member(frame.data, "secure");
    if (facts_.secure && true_member(frame.data, "encryptPayloads")) {
        refuse({Errc::refused,
                "the mesh encrypts payloads (encryptPayloads), which is not supported: turn it off, and "
                "use TLS instead"});
        return;
    }
    if (facts_.secure && settings_.username.empty() && settings_.token.empty()) {
        refuse({Errc::unauthorized, "the mesh is secure and no username or token is configured"});
        return;
    }
    login(now);
}

void SessionFsm::login(TimePoint now) {
    enter(State::logging_in, now, settings_.step_timeout);
    std::string data;
    ObjectWriter writer{data};
    if (facts_.secure) {  // an insecure mesh has no use for secrets
        writer.optional_text("username", settings_.username);
    }
    writer.raw("info", settings_.info).text("protocol", facts_.protocol);
    if (facts_.secure && !settings_.token.empty()) {
        writer.text("token", settings_.token.reveal());
    } else if (facts_.secure) {
        writer.text("password", settings_.password.reveal());
    }
    writer.end();
    std::string options;
    ObjectWriter{options}.raw("timeout", stated_timeout()).end();
    step_event_ = send_step("login", data, options);
}

void SessionFsm::on_logged_in(const Frame& frame, TimePoint now) {
    facts_.id = text_member(frame.data, "id");
    if (facts_.id.empty()) {
        lose("logging in failed: the answer has no session id");
        return;
    }
    if (const auto user = json::member(frame.data, "user")) {
        facts_.username = text_member(*user, "username");
    }
    facts_.token = gateway::Secret{text_member(frame.data, "token")};
    if (const auto node = json::member(frame.data, "happn")) {
        facts_.node_name = text_member(*node, "name");
    }
    facts_.account = facts_.secure ? session_account(frame.data) : std::string{};
    enter(State::subscribing, now, settings_.step_timeout);
    std::vector<std::string> channels;
    for (const auto& [channel, subscription] : subscriptions_) {
        channels.push_back(channel);
    }
    restoring_ = channels.size();
    for (const auto& channel : channels) {
        send_on(channel, step_deadline_);
    }
    check_restored();
}

void SessionFsm::check_restored() {
    if (state_ == State::subscribing && restoring_ == 0) {
        state_ = State::ready;
        port_.on_ready();
    }
}

}  // namespace happn
