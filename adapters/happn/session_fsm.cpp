#include "adapters/happn/session_fsm.hpp"

#include <utility>

#include "adapters/happn/mesh_error.hpp"
#include "adapters/happn/text_member.hpp"
#include "gateway/json.hpp"

namespace happn {

namespace json = gateway::json;
using gateway::Errc;
using gateway::Error;
using gateway::TimePoint;

namespace {

constexpr std::string_view announced_version = "13.12.1";  // newer servers keep it

bool true_member(std::string_view object, std::string_view key) {
    return json::member(object, key) == std::string_view{"true"};
}

}  // namespace

std::string_view state_name(SessionFsm::State state) {
    switch (state) {
        case SessionFsm::State::closed:
            return "not connected";
        case SessionFsm::State::configuring:
            return "announcing the protocol";
        case SessionFsm::State::describing:
            return "asking for the description";
        case SessionFsm::State::logging_in:
            return "logging in";
        case SessionFsm::State::subscribing:
            return "subscribing";
        case SessionFsm::State::ready:
            return "ready";
    }
    return "";
}

SessionFsm::SessionFsm(SessionSettings settings, SessionPort& port)
    : settings_{std::move(settings)}, port_{port} {}

// --- set-up --------------------------------------------------------------------------------------

void SessionFsm::on_open(TimePoint now) {
    now_ = now;
    ending_ = {};
    facts_.protocol.clear();
    protocol_ = 0;
    revived_ = false;
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

// --- what arrives --------------------------------------------------------------------------------

void SessionFsm::on_text(std::string_view text, TimePoint now) {
    now_ = now;
    heard_since_ping_ = true;
    const auto frame = Frame::parse(text);
    if (!frame) {
        port_.count("happn_frames_invalid");
        return;
    }
    switch (frame->kind) {
        case Frame::Kind::control:
            on_control(frame->control);
            return;
        case Frame::Kind::list:
            on_response(*frame, now);
            return;
        case Frame::Kind::other:
            port_.count("happn_frames_unknown");
            return;
        case Frame::Kind::object:
            break;
    }
    if (frame->meta.type == "data") {
        on_published(*frame, now);
    } else if (frame->meta.type == "system") {
        on_system(*frame);
    } else if (frame->meta.type == "ack") {
        return;  // who asked for deferred delivery has been answered already
    } else {
        on_response(*frame, now);
    }
}

void SessionFsm::on_control(std::string_view word) {
    constexpr std::string_view ping = "primus::ping::";
    if (word.starts_with(ping)) {
        port_.send(write_control("pong", word.substr(ping.size())));
    } else if (word == "primus::server::close") {
        if (ending_.kind == Ending::Kind::lost) {
            const auto reason = ending_.error.message.empty() ? "" : ": " + ending_.error.message;
            ending_ = {Ending::Kind::dismissed,
                       {Errc::unavailable, "the mesh has closed the session on purpose" + reason}};
        }
        port_.drop();
    }
}

void SessionFsm::on_system(const Frame& frame) {
    if (frame.event_key != "server-side-disconnect") {
        return;
    }
    auto reason = text_member(frame.data, "reason");
    if (reason.empty()) {
        reason = text_of(frame.data);
    }
    // The close that follows says whether to come back.
    ending_.error = {Errc::unavailable, "the mesh has ended the session: " + reason};
}

void SessionFsm::on_published(const Frame& frame, TimePoint) {
    const auto found = subscriptions_.find(frame.meta.channel);
    if (found == subscriptions_.end()) {
        port_.count("happn_publications_unmatched");
    } else if (frame.meta.action.starts_with("/ON@")) {
        // An old server's echo of the stored values, of a broken shape; they are in the answer to `on`.
    } else {
        Publication publication;
        publication.channel = frame.meta.channel;
        publication.path = frame.meta.path;
        publication.data = frame.data.empty() ? "null" : frame.data;
        publication.meta = frame.meta.raw;
        publication.publication_id = frame.meta.publication_id;
        publication.removed = frame.meta.action.starts_with("/REMOVE@");
        const auto handler = found->second.on_publication;  // it may unsubscribe itself
        handler(publication);
    }
    if (frame.meta.consistency == "3") {
        acknowledge(frame);
    }
}

void SessionFsm::acknowledge(const Frame& frame) {
    const auto data = json::quoted(frame.meta.publication_id);
    Request request;
    request.action = "ack";
    request.event_id = next_event_++;
    request.data = data;
    request.session_id = facts_.id;
    port_.send(write_request(request));
}

void SessionFsm::on_response(const Frame& frame, TimePoint now) {
    const auto event = as_unsigned(frame.meta.event_id);
    if (!event) {
        port_.count("happn_frames_unknown");
        return;
    }
    if (*event == step_event_) {
        on_step_answer(frame, now);
        return;
    }
    auto waiting = pending_.extract(*event);
    if (waiting.empty()) {
        if (!revived_protocol(*event, now)) {
            port_.count("happn_late_replies");
        }
        return;
    }
    const auto& done = waiting.mapped().done;
    if (frame.meta.status == "ok") {
        done(Answer{&frame});
    } else {
        done(Answer{mesh_error(frame.meta.error)});
    }
}

// --- endings -------------------------------------------------------------------------------------

void SessionFsm::refuse(Error error) {
    ending_ = {Ending::Kind::refused, std::move(error)};
    port_.drop();
}

void SessionFsm::lose(std::string why) {
    ending_ = {Ending::Kind::lost, {Errc::unavailable, std::move(why)}};
    port_.drop();
}

void SessionFsm::disconnect(TimePoint now) {
    now_ = now;
    ending_ = {Ending::Kind::dismissed, {Errc::cancelled, "disconnected"}};
    if (state_ != State::ready || facts_.modern()) {
        port_.drop();
        return;
    }
    std::string options;
    ObjectWriter{options}.raw("timeout", stated_timeout()).end();
    Ask request;
    request.action = "disconnect";
    request.options = options;
    ask(request, now + settings_.pong_timeout, [this](const Answer&) {
        if (state_ != State::closed) {
            port_.drop();
        }
    });
}

void SessionFsm::on_closed(std::string_view why) {
    if (state_ == State::closed) {  // it never opened: what ended the last one does not count
        ending_ = {};
    }
    state_ = State::closed;
    step_event_ = 0;
    restoring_ = 0;
    if (ending_.error.message.empty()) {
        ending_.error = {Errc::unavailable, std::string{why}};
    }
    const Error lost{Errc::unavailable, "the connection to the mesh was lost: " + ending_.error.message};
    auto unanswered = std::exchange(pending_, {});
    deadlines_.clear();
    std::vector<OnAnswer> forgotten;
    for (auto subscription = subscriptions_.begin(); subscription != subscriptions_.end();) {
        subscription->second.made = false;
        subscription->second.reference.clear();
        if (subscription->second.wanted.keep) {
            ++subscription;
            continue;
        }
        if (subscription->second.done) {
            forgotten.push_back(std::move(subscription->second.done));
        }
        subscription = subscriptions_.erase(subscription);
    }
    for (const auto& done : forgotten) {
        done(Answer{lost});
    }
    for (auto& [event, waiting] : unanswered) {
        waiting.done(Answer{lost});
    }
}

// --- time ----------------------------------------------------------------------------------------

void SessionFsm::on_tick(TimePoint now) {
    now_ = now;
    if (state_ == State::closed) {
        return;
    }
    if (step_event_ != 0 && now >= step_deadline_) {
        if (state_ == State::configuring && !revived_ && protocol_ + 1 < settings_.protocols.size()) {
            ++protocol_;
            announce(now);
        } else {
            lose(std::string{state_name(state_)} + " failed: no answer");
            return;
        }
    }
    while (const auto event = deadlines_.take_due(now)) {
        auto waiting = pending_.extract(*event);
        if (!waiting.empty()) {
            waiting.mapped().done(Answer{Error{Errc::timeout, "the mesh did not answer in time"}});
        }
    }
    if (state_ != State::closed) {
        keep_alive(now);
    }
}

/// Pings go out whatever the generation: old servers close silent clients, newer ones answer all the same.
/// Anything heard since the ping counts as an answer.
void SessionFsm::keep_alive(TimePoint now) {
    if (pinged_ && now >= *pinged_ + settings_.pong_timeout) {
        if (!heard_since_ping_) {
            port_.count("happn_silent_sessions");
            lose("the mesh has gone silent");
            return;
        }
        pinged_.reset();
    }
    if (now >= ping_at_) {
        const auto ms = std::chrono::duration_cast<gateway::Milliseconds>(now.time_since_epoch()).count();
        port_.send(write_control("ping", std::to_string(ms)));
        heard_since_ping_ = false;
        pinged_ = now;
        ping_at_ = now + settings_.ping_interval;
    }
}

std::optional<TimePoint> SessionFsm::next_deadline() const {
    if (state_ == State::closed) {
        return std::nullopt;
    }
    auto next = ping_at_;
    if (pinged_) {
        next = std::min(next, *pinged_ + settings_.pong_timeout);
    }
    if (step_event_ != 0) {
        next = std::min(next, step_deadline_);
    }
    if (const auto due = deadlines_.next()) {
        next = std::min(next, *due);
    }
    return next;
}

}  // namespace happn
