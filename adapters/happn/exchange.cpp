#include "adapters/happn/exchange.hpp"

#include <charconv>
#include <utility>

#include "adapters/happn/json_scan.hpp"
#include "adapters/happn/mesh_error.hpp"
#include "gateway/javascript.hpp"
#include "gateway/json.hpp"

namespace happn {

namespace json = gateway::json;
using gateway::Errc;
using gateway::Error;
using gateway::Outcome;

namespace {

std::optional<std::uint64_t> sequence_of(std::string_view address) {
    const auto slash = address.rfind('/');
    return slash == std::string_view::npos ? std::nullopt : as_unsigned(address.substr(slash + 1));
}

std::string name_of(const ExchangeCall& call) {
    return call.component + '/' + call.method;
}

gateway::Payload json_payload(gateway::Bytes bytes) {
    gateway::Payload payload;
    payload.bytes = std::move(bytes);
    payload.encoding = gateway::Encoding::json;
    return payload;
}

}  // namespace

Outcome exchange_outcome(std::string_view data) {
    const auto args = json::member(data, "args").value_or("[]");
    if (json::member(data, "status") != std::string_view{R"("ok")"}) {
        return Outcome{method_error(json::element(args, 0).value_or(""))};
    }
    // One buffer for all results; each is a slice of it.
    const auto buffer = gateway::Bytes::copy(args);
    std::vector<gateway::Bytes> results;
    scan::elements(buffer.view(),
                   [&](std::string_view element) { results.push_back(buffer.slice(element)); });
    // What JavaScript takes for false is no error to a caller that looks at its callback's first argument.
    if (!results.empty() && !gateway::javascript::is_falsy(results.front().view())) {
        return Outcome{method_error(results.front().view())};
    }
    if (!results.empty()) {
        results.erase(results.begin());
    }
    Outcome outcome{json_payload(results.empty() ? gateway::Bytes::literal("null") : results.front())};
    outcome.answers = std::move(results);
    return outcome;
}

void Exchange::call(ExchangeCall call, gateway::TimePoint deadline, OnOutcome done) {
    if (!session_.ready()) {
        done(Outcome{Error{Errc::unavailable, "the mesh is not connected"}});
        return;
    }
    if (calls_.size() >= session_.settings().max_pending) {
        done(Outcome{Error{Errc::overloaded, "too many calls wait for the mesh"}});
        return;
    }
    const auto sequence = next_sequence_++;
    const auto& facts = session_.facts();
    const RequestPath method{call.domain, call.component, call.method};
    auto address = facts.secure     ? secure_response(facts.id, method, sequence)
                   : facts.modern() ? modern_insecure_response(facts.id, method, sequence)
                                    : insecure_response(facts.id, method, sequence);
    calls_.emplace(
        sequence,
        Pending{std::move(call), std::move(address.path), address.channel, deadline, std::move(done)});
    deadlines_.add(deadline, sequence);

    forget_refused(address.channel);
    if (!channels_.contains(address.channel)) {
        make_room();
    }
    const auto [channel, fresh] = channels_.try_emplace(address.channel);
    ++channel->second.in_flight;
    channel->second.used = sequence;
    if (channel->second.ready) {
        send(sequence);
        return;
    }
    channel->second.waiting.push_back(sequence);
    if (fresh) {
        SessionFsm::Subscribe subscription;
        subscription.channel = address.channel;
        subscription.keep = false;
        session_.subscribe(
            std::move(subscription),
            [this](const Publication& publication) { on_answer(publication); },
            [this, name = address.channel](const SessionFsm::Answer& answer) { on_channel(name, answer); });
    }
}

/// A subscription that was in force may be refused later, when rights on the mesh have changed.
void Exchange::forget_refused(const std::string& name) {
    const auto channel = channels_.find(name);
    if (channel != channels_.end() && channel->second.ready && !session_.subscribed(name)) {
        session_.unsubscribe(name);
        channels_.erase(channel);
    }
}

/// Gives up the channel that was called longest ago, never one with a call in flight: those are bounded by
/// the calls.
void Exchange::make_room() {
    if (channels_.size() < max_response_channels) {
        return;
    }
    auto oldest = channels_.end();
    for (auto channel = channels_.begin(); channel != channels_.end(); ++channel) {
        const bool idle = channel->second.in_flight == 0;
        if (idle && (oldest == channels_.end() || channel->second.used < oldest->second.used)) {
            oldest = channel;
        }
    }
    if (oldest != channels_.end()) {
        session_.unsubscribe(oldest->first);
        channels_.erase(oldest);
    }
}

void Exchange::on_channel(const std::string& name, const SessionFsm::Answer& answer) {
    const auto channel = channels_.find(name);
    if (channel == channels_.end()) {
        return;
    }
    const auto waiting = std::exchange(channel->second.waiting, {});
    if (answer) {
        channel->second.ready = true;
        for (const auto sequence : waiting) {
            send(sequence);
        }
        return;
    }
    channels_.erase(channel);
    const auto error = answer.error();
    for (const auto sequence : waiting) {
        finish(sequence, Outcome{error});
    }
}

std::string Exchange::request_data(const Pending& pending) const {
    const auto& facts = session_.facts();
    std::string origin;
    ObjectWriter{origin}.text("id", facts.id).optional_text("username", facts.username).end();
    std::string data;
    data.reserve(pending.address.size() + pending.call.args.size() + origin.size() + 64);
    ObjectWriter writer{data};
    // `args` always: an old mesh dies of a request without it.
    writer.text("callbackAddress", pending.address)
        .raw("args", pending.call.args.view())
        .raw("origin", origin)
        .end();
    return data;
}

std::string Exchange::set_options(const Pending& pending) const {
    std::string options;
    ObjectWriter writer{options};
    writer.boolean("noStore", true);
    if (session_.facts().modern()) {
        writer.boolean("noDataResponse", true);
    }
    writer.optional_text("onBehalfOf", pending.call.on_behalf_of).end();
    return options;
}

void Exchange::send(std::uint64_t sequence) {
    const auto found = calls_.find(sequence);
    if (found == calls_.end()) {
        return;
    }
    auto& pending = found->second;
    const auto path = make_request_path(pending.call.domain, pending.call.component, pending.call.method);
    const auto data = request_data(pending);
    const auto options = set_options(pending);
    SessionFsm::Ask set;
    set.action = "set";
    set.path = path;
    set.data = data;
    set.options = options;
    set.changes = true;
    pending.sent = true;
    session_.ask(set, pending.deadline, [this, sequence](const SessionFsm::Answer& answer) {
        on_accepted(sequence, answer);
    });
}

/// The mesh has taken the request (or not); the method's answer may have come before.
void Exchange::on_accepted(std::uint64_t sequence, const SessionFsm::Answer& answer) {
    if (!answer) {
        finish(sequence, Outcome{answer.error()});
        return;
    }
    const auto found = calls_.find(sequence);
    if (found != calls_.end() && !found->second.call.described && !session_.facts().modern()) {
        const auto& call = found->second.call;
        Error missing{Errc::not_found,
                      "Call to unconfigured component: [" + call.component + "." + call.method + "]"};
        finish(sequence, Outcome{std::move(missing)});
    }
}

void Exchange::on_answer(const Publication& publication) {
    const auto sequence = sequence_of(publication.path);
    const auto found = sequence ? calls_.find(*sequence) : calls_.end();
    if (found == calls_.end() || found->second.address != publication.path) {
        port_.count("happn_late_replies");
        return;
    }
    finish(*sequence, exchange_outcome(publication.data));
}

void Exchange::finish(std::uint64_t sequence, Outcome outcome) {
    auto pending = calls_.extract(sequence);
    if (pending.empty()) {
        return;
    }
    const auto channel = channels_.find(pending.mapped().channel);
    if (channel != channels_.end() && channel->second.in_flight > 0) {
        --channel->second.in_flight;
    }
    pending.mapped().done(std::move(outcome));
}

void Exchange::on_tick(gateway::TimePoint now) {
    while (const auto sequence = deadlines_.take_due(now)) {
        const auto found = calls_.find(*sequence);
        if (found != calls_.end()) {
            const auto name = name_of(found->second.call);
            finish(*sequence, Outcome{Error{Errc::timeout, name + " did not answer in time"}});
        }
    }
}

void Exchange::on_closed(std::string_view why) {
    channels_.clear();
    deadlines_.clear();
    auto unanswered = std::exchange(calls_, {});
    for (auto& [sequence, pending] : unanswered) {
        pending.done(Outcome{pending.sent ? unanswered_error(name_of(pending.call), why) : lost_error(why)});
    }
}

}  // namespace happn
