#include "adapters/happn/node/publisher.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "adapters/happn/json_scan.hpp"
#include "gateway/json.hpp"
#include "gateway/loop_mark.hpp"

namespace happn::node {

namespace json = gateway::json;

namespace {

constexpr std::chrono::seconds ack_timeout{60};
// Publications whose subscribers have yet to acknowledge them: of all, and of one session.
constexpr std::size_t max_waiting = 10'000;
constexpr std::size_t max_waiting_of_one = 1'000;

std::string_view action_word(ChannelWord word) {
    return word == ChannelWord::set ? "/SET@" : "/REMOVE@";
}

/// Keys of `_meta` that a publisher's options.meta cannot choose.
bool reserved(std::string_view key) {
    static constexpr std::string_view names[] = {
        "created",
        "modified",
        "path",
        "action",
        "type",
        "published",
        "status",
        "eventId",
        "sessionId",
        "channel",
        "depth",
        "_id",
        "publicationId",
        "consistency",
        "timestamp",
        "eventOrigin",
    };
    return std::find(std::begin(names), std::end(names), key) != std::end(names);
}

void write_extra_meta(ObjectWriter& writer, std::string_view meta) {
    if (!meta.starts_with('{')) {
        return;
    }
    scan::members(meta, [&](std::string_view key, std::string_view value) {
        const auto name = text_of(key);
        if (!reserved(name)) {
            writer.raw(name, value);
        }
    });
}

void write_meta(ObjectWriter& writer, const Publication& publication, bool old) {
    std::string action{action_word(publication.word)};
    action += publication.path;
    writer.text("action", action).text("type", "data").text("sessionId", publication.publisher);
    writer.number("consistency", publication.consistency);
    writer.text("publicationId", publication_id(publication))
        .text("path", publication.item_path.empty() ? publication.path : publication.item_path);
    if (publication.times != nullptr) {
        writer.number("created", publication.times->created);
        writer.number("modified", publication.times->modified);
    }
    writer.optional_raw("tag", publication.tag);
    if (old && publication.timestamp != 0) {
        writer.number("timestamp", publication.timestamp);
    }
    if (!old) {
        writer.optional_raw("eventOrigin", publication.event_origin);
    }
    write_extra_meta(writer, publication.meta);
}

/// The frames of one publication. What is the same for all is written once; the last channel's frames are
/// kept, since its subscribers follow each other.
class Frames {
public:
    explicit Frames(const Publication& publication) : publication_{publication} {}

    const gateway::Bytes& frame(const ChannelKey& channel, const Dialect& dialect) {
        if (channel_ != &channel) {
            channel_ = &channel;
            frames_.fill(std::nullopt);
        }
        auto& frame = frames_[dialect.old() ? 0 : static_cast<std::size_t>(dialect.level)];
        if (!frame) {
            frame.emplace(written(channel, dialect));
        }
        return *frame;
    }

private:
    std::string written(const ChannelKey& channel, const Dialect& dialect) {
        const bool part = channel.merge && !publication_.merged_in.empty();
        const std::string& begin = part ? beginning_of_part() : beginning(dialect.old());
        std::string out;
        out.reserve(begin.size() + channel.text.size() + 96);
        out += begin;
        if (channel.depth > 0) {
            out.append(",\"depth\":").append(std::to_string(channel.depth));
        }
        out += ",\"channel\":";
        json::append_quoted(out, channel.text);
        out.append("},\"protocol\":\"").append(dialect.name()).append(1, '"');
        out.append(dialect.old() ? ",\"__outbound\":true}" : "}");
        return out;
    }

    /// {"data":..,"_meta":{... and still open.
    const std::string& beginning(bool old) { return begun(old ? old_ : current_, publication_.data, old); }

    const std::string& beginning_of_part() { return begun(part_, publication_.merged_in, false); }

    const std::string& begun(std::string& text, std::string_view data, bool old) const {
        if (text.empty()) {
            text.reserve(data.size() + 256);
            text.append("{\"data\":").append(data).append(",\"_meta\":");
            ObjectWriter writer{text};
            write_meta(writer, publication_, old);
        }
        return text;
    }

    const Publication& publication_;
    const ChannelKey* channel_ = nullptr;
    std::array<std::optional<gateway::Bytes>, 5> frames_;
    std::string old_, current_, part_;
};

bool names(std::string_view ids, const std::string& id) {
    bool found = false;
    scan::elements(ids, [&](std::string_view element) { found = found || text_of(element) == id; });
    return found;
}

}  // namespace

std::string publication_id(const Publication& publication) {
    std::string id{publication.publisher};
    id += '-';
    const auto text = json::unquoted(publication.event_id);
    return id += text ? *text : std::string{publication.event_id};
}

std::string PublishResults::json() const {
    std::string out;
    ObjectWriter writer{out};
    const auto add = [&](std::string_view name, std::size_t n) {
        writer.number(name, static_cast<std::int64_t>(n));
    };
    add("successful", successful);
    add("failed", failed);
    add("skipped", skipped);
    add("queued", queued);
    writer.end();
    return out;
}

bool Publisher::skips(const Publication& publication, const Session& session) const {
    return (publication.no_cluster && session.cluster_peer) ||
           (publication.only != 0 && publication.only != session.number) ||
           (!publication.targets.empty() && !names(publication.targets, session.id));
}

PublishResults Publisher::publish(const Publication& publication, gateway::TimePoint now) {
    std::vector<Hit> hits;
    state_.subscriptions.match(publication.word, publication.path, hits);
    Frames frames{publication};
    PublishResults results;
    std::vector<SessionNumber> delivered;
    const bool is_acknowledged = publication.consistency == consistency_acknowledged;
    Listening gateway;
    for (const Hit& hit : hits) {
        if (hit.session == the_gateway) {
            gateway.routes = publication.only == 0;
            continue;
        }
        if (is_feed(hit.session)) {
            gateway.feeds.push_back(hit.session);
            continue;
        }
        Session* session = state_.find(hit.session);
        if (session == nullptr || session->closing || skips(publication, *session)) {
            continue;
        }
        ++results.queued;
        state_.send(*session, frames.frame(*hit.channel, session->dialect));
        ++(session->closing ? results.failed : results.successful);
        gateway.request_taken = gateway.request_taken || hit.channel->path.starts_with(request_prefix);
        if (is_acknowledged && !session->closing) {
            delivered.push_back(hit.session);
        }
    }
    if (is_acknowledged && gateway.routes && state_.to_gateway) {
        ++results.queued;
        ++results.successful;
        delivered.push_back(the_gateway);
    }
    results.unacknowledged = !delivered.empty() && expect_acks(publication, delivered, now);
    gateway.acknowledges = results.unacknowledged && gateway.routes;
    if (publication.only != 0) {
        gateway.feeds.clear();
    }
    hand_to_gateway(publication, std::move(gateway));
    return results;
}

void Publisher::hand_to_gateway(const Publication& publication, Listening listening) {
    const bool request = publication.word == ChannelWord::set && publication.path.starts_with(request_prefix);
    if (!state_.to_gateway || !(listening.routes || !listening.feeds.empty() || request)) {
        return;
    }
    Published published;
    published.word = publication.word;
    published.path = publication.path;
    published.data = publication.data;
    ObjectWriter writer{published.meta};
    write_meta(writer, publication, false);
    writer.end();
    if (publication.meta.starts_with('{')) {
        published.mark = text_of(json::member(publication.meta, gateway::loop_mark_name).value_or(""));
    }
    published.session = publication.session;
    const Session* client = state_.find(publication.session);
    published.session_id = client == nullptr ? publication.publisher : std::string_view{client->id};
    published.for_routes = listening.routes;
    if (listening.acknowledges) {
        published.publication_id = publication_id(publication);
    }
    published.feeds = std::move(listening.feeds);
    published.request_taken = listening.request_taken;
    state_.to_gateway(std::move(published));
}

bool Publisher::expect_acks(const Publication& publication,
                            const std::vector<SessionNumber>& delivered,
                            gateway::TimePoint now) {
    const bool nobody_asks = publication.session == 0 && !publication.ticket;
    if (nobody_asks || waiting_.size() >= max_waiting) {
        return false;
    }
    Session* publisher = state_.find(publication.session);
    if (publisher != nullptr && publisher->unacknowledged >= max_waiting_of_one) {
        return false;
    }
    const auto [slot, fresh] = waiting_.try_emplace(publication_id(publication));
    if (publisher != nullptr &&
        fresh) {  // else the publisher uses an event id again: the former is forgotten
        ++publisher->unacknowledged;
    }
    Waiting& waiting = slot->second;
    waiting = Waiting{};
    waiting.publisher = publication.session;
    waiting.ticket = publication.ticket;
    waiting.event_id = publication.event_id;
    waiting.deadline = now + ack_timeout;
    for (const SessionNumber subscriber : delivered) {
        ++waiting.subscribers[subscriber];
    }
    return true;
}

void Publisher::report(const Publication& publication, const PublishResults& results) {
    const auto id = publication_id(publication);
    const auto found = waiting_.find(id);
    if (publication.consistency == consistency_acknowledged && found != waiting_.end()) {
        found->second.results = results;
        return;
    }
    const std::size_t none = 0;
    send_ack(publication.session,
             id,
             publication.event_id,
             results,
             publication.consistency == consistency_acknowledged ? &none : nullptr);
}

bool Publisher::on_ack(SessionNumber from, std::string_view id) {
    const auto found = waiting_.find(id);
    if (found == waiting_.end()) {
        return false;
    }
    Waiting& waiting = found->second;
    const auto subscriber = waiting.subscribers.find(from);
    if (subscriber == waiting.subscribers.end()) {
        return false;
    }
    ++waiting.acknowledged;
    if (--subscriber->second == 0) {
        waiting.subscribers.erase(subscriber);
    }
    if (waiting.subscribers.empty()) {
        finish(found->first, waiting);
        waiting_.erase(found);
    }
    return true;
}

void Publisher::on_session_closed(SessionNumber session) {
    std::erase_if(waiting_, [&](const auto& entry) { return entry.second.publisher == session; });
}

void Publisher::forget(std::uint64_t ticket) {
    std::erase_if(waiting_, [&](const auto& entry) { return entry.second.ticket == ticket; });
}

void Publisher::on_tick(gateway::TimePoint now) {
    std::erase_if(waiting_, [&](const auto& entry) {
        const bool over = now >= entry.second.deadline;
        if (over) {
            finish(entry.first, entry.second);
        }
        return over;
    });
}

void Publisher::finish(const std::string& id, const Waiting& waiting) {
    if (waiting.ticket) {
        state_.on_acknowledged(*waiting.ticket, waiting.subscribers.empty());
        return;
    }
    if (Session* publisher = state_.find(waiting.publisher)) {
        --publisher->unacknowledged;
    }
    send_ack(waiting.publisher, id, waiting.event_id, waiting.results, &waiting.acknowledged);
}

void Publisher::send_ack(SessionNumber publisher,
                         std::string_view id,
                         std::string_view event_id,
                         const PublishResults& results,
                         const std::size_t* acknowledged) {
    Session* session = state_.find(publisher);
    if (session == nullptr) {
        return;
    }
    std::string counts;
    ObjectWriter counts_writer{counts};
    counts_writer.spread(results.json());
    if (acknowledged != nullptr) {
        counts_writer.number("acknowledged", static_cast<std::int64_t>(*acknowledged));
    }
    counts_writer.end();
    const bool complete = acknowledged == nullptr || *acknowledged >= results.successful;

    std::string meta;
    ObjectWriter{meta}.text("type", "ack").optional_raw("eventId", event_id).end();
    std::string out;
    ObjectWriter writer{out};
    writer.text("id", id).text("action", "publication-ack").raw("result", counts);
    writer.text("status", complete ? "ok" : "error");
    if (!complete) {
        writer.text("error", "unacknowledged publication");
    }
    writer.raw("_meta", meta).text("protocol", session->dialect.name());
    if (session->dialect.old()) {
        writer.boolean("__outbound", true);
    }
    writer.end();
    state_.send(*session, std::move(out));
}

}  // namespace happn::node
