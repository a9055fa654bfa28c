// The subscriptions of a session: made, made again after a login, and ended.
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
    subscription.listener = next_listener_++;
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

std::string SessionFsm::on_options(const Subscription& subscription) const {
    std::string options;
    ObjectWriter writer{options};
    const auto& wanted = subscription.wanted;
    writer.text("event_type", event_type(wanted.channel))
        .optional_raw("meta", wanted.meta)
        .number("count", 0);
    if (wanted.initial) {
        writer.boolean("initialCallback", true);
    }
    if (!facts_.modern()) {
        writer.number("listenerId", static_cast<std::int64_t>(subscription.listener)).number("refCount", 1);
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
    const auto& subscription = found->second;
    const auto listener = subscription.listener;
    const auto options = on_options(subscription);
    Ask on;
    on.action = "on";
    on.path = channel;
    on.data = "null";
    on.options = options;
    ask(on, deadline, [this, channel, listener](const Answer& answer) {
        on_subscribed(channel, listener, answer);
    });
}

void SessionFsm::on_subscribed(const std::string& channel, std::uint64_t listener, const Answer& answer) {
    const bool lost = !answer && answer.error().errc == Errc::unavailable && state_ == State::closed;
    const auto found = subscriptions_.find(channel);
    const bool wanted = found != subscriptions_.end() && found->second.listener == listener;
    if (!wanted && answer) {  // given up before the mesh had answered
        send_off(channel, listener, reference_of(**answer));
    }
    const bool renewed = wanted && !found->second.reference.empty();
    if (renewed && !answer && answer.error().errc == Errc::timeout) {
        lose("subscribing again failed: no answer");
        return;
    }
    const bool unasked = renewed && !answer && answer.error().errc == Errc::overloaded;  // the former stays
    if (wanted && !unasked && !(lost && found->second.wanted.keep)) {
        auto& subscription = found->second;
        subscription.made = answer.has_value();
        subscription.refusal = answer ? std::string{} : answer.error().message;
        if (!answer) {
            subscription.reference.clear();
        } else {
            const auto former = std::exchange(subscription.reference, std::string{reference_of(**answer)});
            if (!former.empty()) {  // made again: the mesh may still have the first
                send_off(channel, listener, former);
            } else if (subscription.wanted.initial) {
                deliver_initial(channel, **answer);
            }
        }
        // The handler may have changed the table of subscriptions.
        if (const auto again = subscriptions_.find(channel); again != subscriptions_.end()) {
            if (const auto done = std::exchange(again->second.done, {})) {
                if (!answer && !again->second.wanted.keep) {
                    subscriptions_.erase(again);
                }
                done(answer);
            } else if (const auto refused = again->second.wanted.on_refused; refused && !answer) {
                refused(answer.error());
            }
        }
    }
    on_restored(answer);
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
    const auto subscription = std::move(found->second);
    subscriptions_.erase(found);
    if (subscription.made) {
        send_off(channel, subscription.listener, subscription.reference);
    }
}

void SessionFsm::send_off(const std::string& channel, std::uint64_t listener, std::string_view reference) {
    if (state_ != State::ready && state_ != State::subscribing) {
        return;
    }
    std::string options;
    ObjectWriter writer{options};
    if (!facts_.modern()) {
        writer.number("refCount", 1).number("listenerId", static_cast<std::int64_t>(listener));
    } else {
        writer.optional_raw("referenceId", reference);
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
    return found != subscriptions_.end() && found->second.made;
}

std::vector<std::pair<std::string, std::string>> SessionFsm::refused_channels() const {
    std::vector<std::pair<std::string, std::string>> refused;
    for (const auto& [channel, subscription] : subscriptions_) {
        if (!subscription.refusal.empty()) {
            refused.emplace_back(channel, subscription.refusal);
        }
    }
    return refused;
}

}  // namespace happn
