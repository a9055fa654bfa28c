#include "adapters/mqtt/topic_feeds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "adapters/mqtt/reason_code.hpp"
#include "adapters/mqtt/topic.hpp"
#include "gateway/log.hpp"
#include "gateway/payload.hpp"

namespace gateway::mqtt {
namespace {

constexpr int unspecified = 0x80;  // all that 3.1.1 has
constexpr int not_authorized = 0x87;
constexpr int quota_exceeded = 0x97;
constexpr std::uint32_t largest_id = 268'435'455;  // MQTT 5.0 section 3.8.2.1.2
constexpr int with_retained = 0;                   // Retain Handling, section 3.8.3.1
constexpr int without_retained = 2;
constexpr std::ptrdiff_t most_levels = 200;  // of Mosquitto, which closes the connection over more

Error refusal(int code) {
    const std::string text = "the broker refuses the subscription: " + reason_text(code);
    if (code == unspecified || code == not_authorized) return Error{Errc::access_denied, text};
    return Error{code == quota_exceeded ? Errc::overloaded : Errc::refused, text};
}

bool subscribable(std::string_view filter) {
    return legal_text(filter) && std::ranges::count(filter, '/') < most_levels;
}

Payload removed_payload() {
    return Payload{Bytes::literal(R"({"removed":1})"), Encoding::json, "application/json"};
}

}  // namespace

/// What `decode` makes of one message, for readers that want the same.
class TopicFeeds::Decoded {
public:
    explicit Decoded(const Arrival& arrival) : raw_{arrival.payload, Encoding::raw, arrival.content_type} {}

    const Result<Payload>& as(Decode how) {
        const auto known = payloads_.find(how);
        return known != payloads_.end() ? known->second
                                        : payloads_.emplace(how, decode(raw_, how)).first->second;
    }

private:
    Payload raw_;
    std::map<Decode, Result<Payload>> payloads_;
};

TopicFeeds::TopicFeeds(Outcomes& outcomes, Metrics& metrics, std::size_t max_filters, Send send)
    : outcomes_{outcomes}, metrics_{metrics}, max_filters_{max_filters}, send_{std::move(send)} {}

TopicFeeds::Reader* TopicFeeds::find(DeliveryId id) {
    const auto found = readers_.find(id);
    return found == readers_.end() ? nullptr : &found->second;
}

// --- readers -------------------------------------------------------------------------------------

void TopicFeeds::open(DeliveryId id, Wish wish) {
    const std::string wanted = wish.pattern->subscription();
    const auto refuse_it = [&](Errc errc, std::string why) {
        outcomes_.on_outcome(id, Outcome{Error{errc, std::move(why)}});
    };
    if (!subscribable(wanted)) return refuse_it(Errc::bad_request, "no filter that a broker takes");
    const auto place_of_it = place(wanted);
    if (place_of_it == filters_.end())
        return refuse_it(Errc::overloaded, "streams of too many filters of this broker are open");
    auto& [name, filter] = *place_of_it;
    Reader reader;
    reader.filter = name;
    reader.since = arrivals_;
    const bool needs_more = !filter.granted && filter.ticket == 0;
    const bool needs_qos = wish.qos > filter.qos;
    filter.qos = std::max(filter.qos, wish.qos);
    filter.readers.push_back(id);
    const bool initial = wish.initial;
    const bool granted = filter.granted;
    reader.wish = std::move(wish);
    if (needs_more || needs_qos || initial) subscribe(name, filter, initial);
    reader.round = filter.round;
    readers_.emplace(id, std::move(reader));
    if (granted) begin(id);
}

/// Where a reader of this filter takes part: a subscription that there is, or a new one. end(): there are too
/// many.
TopicFeeds::Filters::iterator TopicFeeds::place(std::string_view filter) {
    std::string name{filter};
    if (!subscription_ids_) {
        const auto wide =
            std::ranges::find_if(filters_, [&](const auto& entry) { return covers(entry.first, filter); });
        if (wide != filters_.end()) return wide;
        name = widened(std::move(name));
    }
    if (const auto known = filters_.find(name); known != filters_.end()) return known;
    if (filters_.size() >= max_filters_) return filters_.end();
    Filter made;
    made.id = last_id_ = last_id_ % largest_id + 1;
    return filters_.emplace(std::move(name), std::move(made)).first;
}

/// So that it covers all that it overlaps.
std::string TopicFeeds::widened(std::string filter) const {
    for (bool changed = true; changed;) {
        changed = false;
        for (const auto& [name, entry] : filters_) {
            if (covers(filter, name) || !overlap(filter, name)) continue;
            filter = common_filter(filter, name);
            changed = true;
        }
    }
    return filter;
}

void TopicFeeds::forget(DeliveryId id) {
    const auto gone = readers_.extract(id);
    if (gone.empty()) return;
    const auto found = filters_.find(gone.mapped().filter);
    std::erase(found->second.readers, id);
    if (!found->second.readers.empty()) return;
    const Filter unread = std::move(found->second);
    filters_.erase(found);
    if (unread.granted || unread.ticket != 0) unsubscribe(gone.mapped().filter);
}

void TopicFeeds::end(DeliveryId id, const Error& why) {
    forget(id);
    outcomes_.on_outcome(id, Outcome{why});
}

void TopicFeeds::end_all(const Error& why) {
    while (!readers_.empty())
        end(readers_.begin()->first, why);
}

/// It may be listened to from here on.
void TopicFeeds::begin(DeliveryId id) {
    Reader* const reader = find(id);
    if (reader == nullptr) return;
    const State before = std::exchange(reader->state, State::open);
    if (before == State::waiting) outcomes_.on_open(id);
    if (before == State::interrupted) outcomes_.on_gap(id);
}

// --- the connection ------------------------------------------------------------------------------

void TopicFeeds::connected(bool subscription_ids) {
    connected_ = true;
    subscription_ids_ = subscription_ids;
    filters_.clear();
    leaving_.clear();
    last_.reset();
    std::set<std::string> with_initial;
    std::vector<DeliveryId> homeless;
    for (auto& [id, reader] : readers_) {
        const auto found = place(reader.wish.pattern->subscription());
        if (found == filters_.end()) {
            homeless.push_back(id);
            continue;
        }
        auto& [name, filter] = *found;
        filter.readers.push_back(id);
        filter.qos = std::max(filter.qos, reader.wish.qos);
        reader.filter = name;
        reader.since = arrivals_;
        reader.round = 1;
        reader.forgotten = false;
        if (reader.wish.initial) with_initial.insert(name);
    }
    for (auto& [name, filter] : filters_)
        subscribe(name, filter, with_initial.contains(name));
    for (const DeliveryId id : homeless) {
        readers_.erase(id);
        outcomes_.on_outcome(id, Outcome{Error{Errc::overloaded, "too many filters of this broker"}});
    }
}

void TopicFeeds::disconnected(const Error& why) {
    connected_ = false;
    std::vector<DeliveryId> not_open;
    for (auto& [id, reader] : readers_) {
        if (reader.state == State::waiting) not_open.push_back(id);
        if (reader.state == State::open) reader.state = State::interrupted;
    }
    for (auto& [name, filter] : filters_) {
        filter.granted = false;
        filter.ticket = 0;
    }
    for (const DeliveryId id : not_open) {
        if (find(id) != nullptr) end(id, why);
    }
}

void TopicFeeds::subscribe(const std::string& name, Filter& filter, bool retained) {
    filter.ticket = ++last_ticket_;
    if (retained) ++filter.round;
    leaving_.erase(name);
    SubscribeRequest request;
    request.ticket = filter.ticket;
    request.filter = name;
    request.qos = filter.qos;
    request.retain_handling = retained ? with_retained : without_retained;
    request.id = subscription_ids_ ? filter.id : 0;
    send_(std::move(request));
}

void TopicFeeds::unsubscribe(const std::string& name) {
    if (!connected_) return;
    const std::uint64_t ticket = ++last_ticket_;
    leaving_[name] = ticket;
    send_(UnsubscribeRequest{ticket, name});
}

void TopicFeeds::on_unsubscribed(std::uint64_t ticket) {
    std::erase_if(leaving_, [ticket](const auto& entry) { return entry.second == ticket; });
}

void TopicFeeds::on_subscribed(std::uint64_t ticket, int code) {
    const auto found =
        std::ranges::find_if(filters_, [&](const auto& entry) { return entry.second.ticket == ticket; });
    if (found == filters_.end() || code == no_suback) return;  // the loss of the connection follows
    found->second.ticket = 0;
    const std::string name = found->first;
    code < first_refusal ? grant(name) : refuse(name, code);
}

bool TopicFeeds::waits_for(std::uint64_t ticket) const {
    return std::ranges::any_of(filters_, [&](const auto& entry) {
        return entry.second.ticket != 0 && entry.second.ticket <= ticket;
    });
}

void TopicFeeds::grant(const std::string& name) {
    filters_.find(name)->second.granted = true;
    if (!subscription_ids_) absorb(name);
    const auto readers = filters_.find(name)->second.readers;
    for (const DeliveryId id : readers)
        begin(id);
}

/// The readers of narrower filters take part in this one from now on.
void TopicFeeds::absorb(const std::string& name) {
    Filter& wide = filters_.find(name)->second;
    std::vector<std::string> narrower;
    for (const auto& [other, filter] : filters_) {
        if (other != name && covers(name, other)) narrower.push_back(other);
    }
    for (const std::string& other : narrower) {
        Filter narrow = std::move(filters_.extract(other).mapped());
        for (const DeliveryId id : narrow.readers) {
            find(id)->filter = name;
            find(id)->round = 0;  // its retained messages have been asked for before
        }
        wide.readers.insert(wide.readers.end(), narrow.readers.begin(), narrow.readers.end());
        for (const auto& [topic, arrival] : narrow.told)
            wide.told[topic] = std::max(wide.told[topic], arrival);
        unsubscribe(other);
    }
}

void TopicFeeds::refuse(const std::string& name, int code) {
    log::debug("streams: the broker refused filter '{}': {}", name, reason_text(code));
    Filter& filter = filters_.find(name)->second;
    filter.granted = false;
    const auto readers = filter.readers;
    for (const DeliveryId id : readers) {
        if (find(id) != nullptr) end(id, refusal(code));
    }
}

// --- messages ------------------------------------------------------------------------------------

void TopicFeeds::on_arrival(const Arrival& arrival) {
    ++arrivals_;
    if (!subscription_ids_ && is_second_copy(arrival)) return metrics_.count("mqtt_duplicates");
    Decoded payloads{arrival};
    for (const std::string& name : filters_of(arrival)) {
        if (is_accepted_by(name, arrival)) grant(name);
        pass(name, arrival, payloads);
        remember(name, arrival.topic);
    }
}

std::vector<std::string> TopicFeeds::filters_of(const Arrival& arrival) const {
    std::vector<std::string> names;
    const auto& ids = arrival.subscription_ids;
    for (const auto& [name, filter] : filters_) {
        const bool is_for_it = subscription_ids_
                                   ? std::ranges::find(ids, filter.id) != ids.end()
                                   : (filter.granted || filter.ticket != 0) && matches(name, arrival.topic);
        if (is_for_it) names.push_back(name);
    }
    return names;
}

/// What comes by a subscription says that the broker has accepted it, be SUBACK there or not: retained
/// messages may come before it (MQTT 5.0 section 3.8.4), and come at the time of a SUBSCRIBE only.
bool TopicFeeds::is_accepted_by(const std::string& name, const Arrival& arrival) const {
    const auto found = filters_.find(name);
    if (found == filters_.end() || found->second.granted) return false;
    if (subscription_ids_ || arrival.retain) return true;
    const auto brings = [&](const auto& entry) {
        return entry.second.granted && matches(entry.first, arrival.topic);
    };
    return std::ranges::none_of(filters_, brings);
}

/// While one filter replaces others, a message may come by both, one copy right behind the other.
bool TopicFeeds::is_second_copy(const Arrival& arrival) {
    const auto of_topic = [&](const auto& entry) { return matches(entry.first, arrival.topic); };
    const auto ways = std::ranges::count_if(filters_, of_topic) + std::ranges::count_if(leaving_, of_topic);
    if (ways < 2 || arrival.retain) {
        last_.reset();
        return false;
    }
    const bool copy =
        last_ && last_->topic == arrival.topic && last_->payload.view() == arrival.payload.view();
    if (copy) {
        last_.reset();
    } else {
        last_ = arrival;
    }
    return copy;
}

void TopicFeeds::pass(const std::string& name, const Arrival& arrival, Decoded& payloads) {
    const auto found = filters_.find(name);
    if (found == filters_.end()) return;
    const auto readers = found->second.readers;
    for (const DeliveryId id : readers) {
        Reader* const reader = find(id);
        if (reader == nullptr || reader->state != State::open) continue;
        if (arrival.retain && (!reader->wish.initial || was_told(*reader, arrival.topic))) continue;
        auto item = item_for(*reader, arrival, payloads);
        if (!item) continue;
        if (arrival.retain) {
            keep(id, *reader, *std::move(item));
        } else {
            outcomes_.on_item(id, *std::move(item));
        }
    }
}

/// Only where somebody may be brought retained messages.
void TopicFeeds::remember(const std::string& name, const std::string& topic) {
    const auto found = filters_.find(name);
    if (found == filters_.end()) return;
    auto& told = found->second.told;
    const auto& readers = found->second.readers;
    const auto wants = [&](DeliveryId id) { return find(id)->wish.initial; };
    if (std::ranges::none_of(readers, wants)) return told.clear();
    if (told.size() >= max_told) {
        told.clear();
        for (const DeliveryId id : readers)
            find(id)->forgotten = true;
    }
    told[topic] = arrivals_;
}

bool TopicFeeds::was_told(const Reader& reader, const std::string& topic) const {
    const Filter& filter = filters_.find(reader.filter)->second;
    const auto found = filter.told.find(topic);
    if (found != filter.told.end() && found->second > reader.since) return true;
    return reader.forgotten && reader.round < filter.round;
}

std::optional<StreamItem> TopicFeeds::item_for(const Reader& reader,
                                               const Arrival& arrival,
                                               Decoded& payloads) {
    if (!reader.wish.pattern->match(arrival.topic)) return std::nullopt;
    StreamItem item;
    item.address = arrival.topic;
    if (arrival.payload.empty() && reader.wish.remove_on_empty) {
        item.action = Action::remove;
        item.payload = removed_payload();
        return item;
    }
    const Result<Payload>& payload = payloads.as(reader.wish.decode);
    if (payload.has_error()) {
        metrics_.count("stream_items_refused");
        log::debug("streams: a message on '{}' is left out: {}", arrival.topic, payload.error().message);
        return std::nullopt;
    }
    item.payload = *payload;
    return item;
}

void TopicFeeds::keep(DeliveryId id, Reader& reader, StreamItem item) {
    reader.stored_bytes += item.address.size() + item.payload.bytes.size();
    if (reader.stored_bytes > max_stored_bytes)
        return end(id,
                   Error{Errc::overloaded, "there are more retained messages than a stream can begin with"});
    reader.stored.push_back(std::move(item));
    if (reader.stored.size() == 1) outcomes_.on_stored(id);
}

std::optional<StreamItem> TopicFeeds::next_stored(DeliveryId id) {
    Reader* const reader = find(id);
    if (reader == nullptr || reader->stored.empty()) return std::nullopt;
    StreamItem item = std::move(reader->stored.front());
    reader->stored.pop_front();
    reader->stored_bytes -= item.address.size() + item.payload.bytes.size();
    return item;
}

void TopicFeeds::on_dropped() {
    std::vector<DeliveryId> open;
    for (const auto& [id, reader] : readers_) {
        if (reader.state == State::open) open.push_back(id);
    }
    for (const DeliveryId id : open)
        outcomes_.on_gap(id);
}

}  // namespace gateway::mqtt
