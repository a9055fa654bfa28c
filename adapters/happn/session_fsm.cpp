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

/// Reasons that a newer mesh gives before it closes a session whose token is no longer good. The user may
/// well log in again, so that "primus::server::close" does not mean to stay away.
bool ends_one_session_only(std::string_view reason) {
    return reason == "token-revoked" || reason == "token-expired" || reason == "inactivity-threshold" ||
           reason == "usage-limit";
}

/// Of a response.
SessionFsm::Answer answer_of(const Frame& frame) {
    return frame.meta.status == "ok" ? SessionFsm::Answer{&frame}
                                     : SessionFsm::Answer{mesh_error(frame.meta.error)};
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

// --- what arrives --------------------------------------------------------------------------------

void SessionFsm::on_text(std::string_view text, TimePoint now) {
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
        on_ack(*frame);
    } else {
        on_response(*frame, now);
    }
}

void SessionFsm::on_control(std::string_view word) {
    constexpr std::string_view ping = "primus::ping::";
    if (word.starts_with(ping)) {
        port_.send(write_control("pong", word.substr(ping.size())));
    } else if (word == "primus::server::close") {
        if (ending_.kind == Ending::Kind::lost && !session_expired_) {
            const auto reason = ending_.error.message.empty() ? "" : ": " + ending_.error.message;
            ending_ = {Ending::Kind::dismissed,
                       {Errc::unavailable, "the mesh has closed the session on purpose" + reason}};
        }
        port_.drop();
    }
}

void SessionFsm::on_system(const Frame& frame) {
    if (frame.event_key == "security-data-changed") {
        renew_subscriptions();
        return;
    }
    if (frame.event_key != "server-side-disconnect") {
        return;
    }
    auto reason = text_member(frame.data, "reason");
    if (reason.empty()) {
        reason = text_of(frame.data);
    }
    // The close that follows says whether to come back.
    session_expired_ = ends_one_session_only(reason);
    ending_.error = {Errc::unavailable, "the mesh has ended the session: " + reason};
}

/// The rights of this session's user have changed: the mesh has dropped the subscriptions that are no longer
/// allowed, and says so for none. Made again, they are in force or refused.
void SessionFsm::renew_subscriptions() {
    std::vector<std::string> made;
    for (const auto& [channel, subscription] : subscriptions_) {
        if (subscription.made || !subscription.trouble.empty()) {
            made.push_back(channel);
        }
    }
    restoring_ += state_ == State::subscribing ? made.size() : 0;
    for (const auto& channel : made) {
        send_on(channel, usual_deadline());
    }
}

/// Who asked for deferred delivery only has been answered already.
void SessionFsm::on_ack(const Frame& frame) {
    const auto event = as_unsigned(frame.meta.event_id);
    const auto found = event ? pending_.find(*event) : pending_.end();
    if (found == pending_.end() || !found->second.acknowledged) {
        return;
    }
    std::optional<Error> error;
    if (frame.status != "ok") {
        error = Error{Errc::mesh_error, "not every subscriber has acknowledged the publication"};
    }
    if (found->second.done) {
        found->second.early = Acknowledgement{std::move(error)};
        return;
    }
    const auto waiting = pending_.extract(found);
    waiting.mapped().acknowledged(std::move(error));
}

void SessionFsm::on_published(const Frame& frame, TimePoint) {
    const auto receipt = receipt_of(frame);
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
        publication.receipt = receipt;
        const auto handler = found->second.on_publication;  // it may unsubscribe itself
        handler(publication);
    }
    if (receipt) {
        receipt->end(gateway::Fate::delivered);
    }
}

/// It is acknowledged by the session that it came to, or not at all.
std::shared_ptr<gateway::Receipt> SessionFsm::receipt_of(const Frame& frame) {
    if (frame.meta.consistency != "3") {
        return nullptr;
    }
    return std::make_shared<gateway::Receipt>([this,
                                               alive = std::weak_ptr<char>{alive_},
                                               session = facts_.id,
                                               id = std::string{frame.meta.publication_id}] {
        if (!alive.expired() && state_ >= State::subscribing && facts_.id == session) {
            acknowledge(id);
        }
    });
}

void SessionFsm::acknowledge(std::string_view publication_id) {
    const auto data = json::quoted(publication_id);
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
    if (step_event_ != 0 && *event == step_event_) {
        on_step_answer(frame, now);
        return;
    }
    auto waiting = pending_.extract(*event);
    if (waiting.empty()) {
        on_unexpected(frame, *event, now);
        return;
    }
    const auto done = std::exchange(waiting.mapped().done, {});
    if (!done) {  // answered before: what is still waited for is the acknowledgement
        pending_.insert(std::move(waiting));
        port_.count("happn_late_replies");
        return;
    }
    const auto answer = answer_of(frame);
    if (!answer) {
        done(answer);
        return;
    }
    if (const auto& early = waiting.mapped().early) {
        done(answer);
        waiting.mapped().acknowledged(early->error);
        return;
    }
    if (waiting.mapped().acknowledged) {
        pending_.insert(std::move(waiting));
    }
    done(answer);
}

void SessionFsm::on_unexpected(const Frame& frame, std::uint64_t event, TimePoint now) {
    if (revived_protocol(event, now)) {
        return;
    }
    port_.count("happn_late_replies");
    if (const auto late = late_.extract(event); !late.empty()) {
        late.mapped()(answer_of(frame));
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
    const Error lost = lost_error(ending_.error.message);
    const Error unknown = unanswered_error("the mesh", ending_.error.message);
    auto unanswered = std::exchange(pending_, {});
    deadlines_.clear();
    late_.clear();
    retries_.clear();
    std::vector<OnAnswer> forgotten;
    for (auto subscription = subscriptions_.begin(); subscription != subscriptions_.end();) {
        subscription->second.made.reset();
        subscription->second.trouble.clear();
        subscription->second.unanswered = 0;
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
        waiting.fail(waiting.changes ? unknown : lost);
    }
}

// --- time ----------------------------------------------------------------------------------------

void SessionFsm::on_tick(TimePoint now) {
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
        expire(*event);
    }
    try_again(now);
    if (state_ != State::closed) {
        keep_alive(now);
    }
}

void SessionFsm::expire(std::uint64_t event) {
    const auto waiting = pending_.extract(event);
    if (waiting.empty()) {
        return;
    }
    if (waiting.mapped().late) {
        late_.emplace(event, waiting.mapped().late);
        if (late_.size() > settings_.max_subscriptions) {
            late_.erase(late_.begin());
        }
    }
    waiting.mapped().fail(Error{Errc::timeout, "the mesh did not answer in time"});
}

/// Pings go out whatever the generation: old servers close silent clients, newer ones answer all the same.
/// Anything heard since the ping counts as an answer, and there is no other ping before it.
void SessionFsm::keep_alive(TimePoint now) {
    if (heard_since_ping_) {
        pinged_.reset();
    }
    if (pinged_ && now >= *pinged_ + settings_.pong_timeout) {
        port_.count("happn_silent_sessions");
        lose("the mesh has gone silent");
        return;
    }
    if (!pinged_ && now >= ping_at_) {
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
    const bool waits_for_pong = pinged_ && !heard_since_ping_;
    auto next = waits_for_pong ? *pinged_ + settings_.pong_timeout : ping_at_;
    if (step_event_ != 0) {
        next = std::min(next, step_deadline_);
    }
    if (const auto due = deadlines_.next()) {
        next = std::min(next, *due);
    }
    if (const auto retry = retries_.next(); retry && state_ == State::ready) {
        next = std::min(next, *retry);
    }
    return next;
}

}  // namespace happn
