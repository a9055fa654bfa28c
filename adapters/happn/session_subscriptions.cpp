// The subscriptions of a session: made, tried again, made again after a login, and ended. Of one channel the
// mesh may have been asked several times, and answers when it likes: one answer with ok is enough, and every
// further one is ended, so that the mesh has one subscription for each of ours.
#include <algorithm>
#include <utility>

#include "adapters/happn/json_scan.hpp"
#include "adapters/happn/paths.hpp"
#include "adapters/happn/session_fsm.hpp"
#include "adapters/happn/text_member.hpp"
#include "gateway/json.hpp"

namespace happn {

namespace json = gateway::json;
using gateway::Errc;
using gateway::Error;
using gateway::TimePoint;

namespace {

constexpr std::string_view deep = "64";  // levels of a trailing `**`, where 5 is the default

std::string_view event_type(std::string_view channel) {
    const auto parsed = parse_channel(channel);
    if (!parsed || parsed->word == ChannelWord::all) {
        return "all";
    }
    return parsed->word == ChannelWord::set ? "set" : "remove";
}

/// Names the subscription in the `off` of newer servers; raw.
std::string_view reference_of(const Frame& frame) {
    const auto reference = json::member(frame.data, "id").value_or("");
    return reference.empty() ? json::member(frame.meta.raw, "referenceId").value_or("") : reference;
}

/// The mesh has not said whether it makes a subscription.
bool is_no_verdict(const Error& error) {
    return error.errc == Errc::timeout || error.errc == Errc::overloaded || error.errc == Errc::unavailable;
}

}  // namespace

void SessionFsm::subscribe(Subscribe wanted, OnPublication on_publication, OnAnswer done) {
    const bool up = state_ == State::ready || state_ == State::subscribing;
    if ((!up && !wanted.keep) || subscriptions_.size() >= most_subscriptions(wanted)) {
        if (done) {
            done(Answer{
                up || wanted.keep
                    ? Error{Errc::overloaded, "too many paths are subscribed to on one session of the mesh"}
                    : Error{Errc::unavailable, "the mesh is not connected"}});
        }
        return;
    }
    auto channel = wanted.channel;
    auto& subscription = subscriptions_[channel];
    subscription.wanted = std::move(wanted);
    subscription.on_publication = std::move(on_publication);
    subscription.done = std::move(done);
    subscription.first = next_attempt_;
    if (up) {
        restoring_ += state_ == State::subscribing ? 1 : 0;
        send_on(channel, usual_deadline());
    }
}

std::size_t SessionFsm::most_subscriptions(const Subscribe& wanted) const {
    const auto reserved = std::min(settings_.reserved_subscriptions, settings_.max_subscriptions);
    return settings_.max_subscriptions - (wanted.yields ? reserved : 0);
}

bool SessionFsm::want_initial(const std::string& channel) {
    if (const auto found = subscriptions_.find(channel); found != subscriptions_.end()) {
        found->second.wanted.initial = true;
    }
    return state_ == State::ready || state_ == State::subscribing;
}

std::string SessionFsm::on_options(const Subscribe& wanted, std::uint64_t number) const {
    std::string options;
    ObjectWriter writer{options};
    writer.text("event_type", event_type(wanted.channel))
        .optional_raw("meta", wanted.meta)
        .number("count", 0);
    if (wanted.initial) {
        writer.boolean("initialCallback", true);
    }
    if (!facts_.modern()) {
        writer.number("listenerId", static_cast<std::int64_t>(number)).number("refCount", 1);
    } else if (wanted.channel.ends_with("**")) {
        writer.raw("depth", deep);
    }
    writer.raw("timeout", stated_timeout()).end();
    return options;
}

void SessionFsm::send_on(const std::string& channel, TimePoint deadline) {
    const auto found = subscriptions_.find(channel);
    if (found == subscriptions_.end()) {  // forgotten by what an earlier answer led to
        restoring_ -= restoring_ > 0 ? 1 : 0;
        return;
    }
    retries_.erase(channel);
    const Attempt attempt{channel, next_attempt_++, found->second.made.has_value()};
    const auto options = on_options(found->second.wanted, attempt.number);
    Ask on;
    on.action = "on";
    on.path = channel;
    on.data = "null";
    on.options = options;
    Pending pending;
    pending.done = [this, attempt](const Answer& answer) {
        on_attempt(attempt, answer);
        on_restored(answer);
    };
    pending.late = [this, attempt](const Answer& answer) { on_attempt(attempt, answer); };
    enqueue(on, deadline, std::move(pending));
}

/// Null: what it was made for has been given up.
SessionFsm::Subscription* SessionFsm::find(const Attempt& attempt) {
    const auto found = subscriptions_.find(attempt.channel);
    const bool wanted = found != subscriptions_.end() && found->second.first <= attempt.number;
    return wanted ? &found->second : nullptr;
}

void SessionFsm::on_attempt(const Attempt& attempt, const Answer& answer) {
    const bool wanted = find(attempt) != nullptr;
    if (answer && wanted) {
        on_made(attempt, **answer);
    } else if (answer) {
        send_off(attempt.channel, {attempt.number, std::string{reference_of(**answer)}});
    } else if (wanted && is_no_verdict(answer.error())) {
        on_unanswered(attempt, answer.error());
    } else if (wanted) {
        on_refused(attempt, answer.error());
    }
}

void SessionFsm::on_made(const Attempt& attempt, const Frame& frame) {
    auto& subscription = *find(attempt);
    retries_.erase(attempt.channel);
    subscription.unanswered = 0;
    subscription.trouble.clear();
    const auto former =
        std::exchange(subscription.made, Made{attempt.number, std::string{reference_of(frame)}});
    if (former) {
        send_off(attempt.channel, *former);
        return;
    }
    if (subscription.wanted.initial) {
        deliver_initial(attempt.channel, frame);
    }
    tell(attempt, Answer{&frame});
}

void SessionFsm::on_refused(const Attempt& attempt, const Error& error) {
    auto& subscription = *find(attempt);
    if (subscription.made && attempt.number < subscription.made->number) {
        return;  // the mesh has changed its mind since
    }
    subscription.made.reset();
    subscription.unanswered = 0;
    subscription.trouble = error.message;
    if (subscription.wanted.keep) {
        retries_.set(attempt.channel, port_.now() + settings_.refused_retry);
    }
    tell(attempt, Answer{error});
}

/// Nobody knows whether the mesh will yet make it.
void SessionFsm::on_unanswered(const Attempt& attempt, const Error& error) {
    auto& subscription = *find(attempt);
    const bool other_attempt_made_it = subscription.made && !attempt.renewal;
    if (state_ == State::closed || other_attempt_made_it) {
        return;
    }
    if (attempt.renewal && error.errc == Errc::timeout) {  // it may still be in force, or not
        lose("subscribing again failed: no answer");
        return;
    }
    if (subscription.wanted.keep) {
        retries_.set(attempt.channel, port_.now() + pause_after(++subscription.unanswered));
    }
    if (!subscription.made) {
        subscription.trouble = error.message;
        tell(attempt, Answer{error});
    }
}

gateway::Duration SessionFsm::pause_after(unsigned unanswered) const {
    auto pause = settings_.retry_min;
    for (unsigned doubled = 1; doubled < unanswered && pause < settings_.retry_max; ++doubled) {
        pause *= 2;
    }
    return std::min(pause, settings_.retry_max);
}

void SessionFsm::try_again(TimePoint now) {
    while (state_ == State::ready) {
        const auto channel = retries_.take_due(now);
        if (!channel) {
            return;
        }
        send_on(*channel, now + settings_.step_timeout);
    }
}

/// The first answer goes to who asked, later ones to who wants to know.
void SessionFsm::tell(const Attempt& attempt, const Answer& answer) {
    auto* const subscription = find(attempt);
    if (subscription == nullptr) {  // its handler has given it up
        return;
    }
    if (const auto done = std::exchange(subscription->done, {})) {
        if (!answer && !subscription->wanted.keep) {
            subscriptions_.erase(attempt.channel);
        }
        done(answer);
    } else if (answer) {
        if (const auto made = subscription->wanted.on_made) {
            made();
        }
    } else if (const auto refused = subscription->wanted.on_refused;
               refused && !is_no_verdict(answer.error())) {
        refused(answer.error());
    }
}

/// Counts the answers that the session waits for until it is ready.
void SessionFsm::on_restored(const Answer& answer) {
    if (state_ == State::subscribing && restoring_ > 0) {
        --restoring_;
        if (!answer && answer.error().errc == Errc::timeout) {
            lose("subscribing failed: no answer");
            return;
        }
        check_restored();
    }
}

/// `data` of the answer is the list of stored values, each with its _meta; an old server leaves the path out
/// where the channel has no wildcard.
void SessionFsm::deliver_initial(const std::string& channel, const Frame& frame) {
    const auto parsed = parse_channel(channel);
    scan::elements(frame.data, [&](std::string_view item) {
        const auto found = subscriptions_.find(channel);
        if (found == subscriptions_.end() || item == "null") {
            return;
        }
        const auto meta = json::member(item, "_meta").value_or("");
        auto path = text_member(meta, "path");
        if (path.empty() && parsed && parsed->path.find('*') == std::string_view::npos) {
            path = parsed->path;
        }
        if (path.empty()) {
            port_.count("happn_initial_without_path");
            return;
        }
        Publication publication;
        publication.channel = channel;
        publication.path = path;
        publication.data = item;
        publication.meta = meta;
        publication.initial = true;
        const auto handler = found->second.on_publication;
        handler(publication);
    });
}

void SessionFsm::unsubscribe(const std::string& channel) {
    const auto found = subscriptions_.find(channel);
    if (found == subscriptions_.end()) {
        return;
    }
    const auto made = found->second.made;
    subscriptions_.erase(found);
    retries_.erase(channel);
    if (made) {
        send_off(channel, *made);
    }
}

void SessionFsm::send_off(const std::string& channel, const Made& made) {
    if (state_ != State::ready && state_ != State::subscribing) {
        return;
    }
    std::string options;
    ObjectWriter writer{options};
    if (!facts_.modern()) {
        writer.number("refCount", 1).number("listenerId", static_cast<std::int64_t>(made.number));
    } else {
        writer.optional_raw("referenceId", made.reference);
    }
    writer.raw("timeout", stated_timeout()).end();
    Ask off;
    off.action = "off";
    off.path = channel;
    off.data = "null";
    off.options = options;
    ask(off, usual_deadline(), [](const Answer&) {});
}

bool SessionFsm::subscribed(const std::string& channel) const {
    const auto found = subscriptions_.find(channel);
    return found != subscriptions_.end() && found->second.made.has_value();
}

std::string_view SessionFsm::trouble_of(const std::string& channel) const {
    const auto found = subscriptions_.find(channel);
    return found == subscriptions_.end() ? std::string_view{} : found->second.trouble;
}

}  // namespace happn
