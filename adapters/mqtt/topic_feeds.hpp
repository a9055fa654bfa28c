// The streams that readers have open on one broker, without I/O: which filters to subscribe to, and whose
// item a message is. Readers of the same filter share its subscription; the last one leaves it.
//
// A message comes to each reader once, whatever overlaps. MQTT 5 says by subscription identifiers which
// filters a copy is for. Where there are none, subscriptions never overlap for long: a filter that is covered
// by another takes part in it, and one that overlaps others is replaced, together with them, by a wider one.
//
// Retained messages come at every SUBSCRIBE that asks for them, so one is sent for each reader that wants
// them, and who has been given something of that topic before is left out. They are told from messages of now
// by their retain flag: the option Retain As Published is not set (MQTT 5.0 section 3.3.1.3; on 3.1.1 it is
// always so). They wait here until the reader takes them.
//
// MQTT has no way to go on behind a message: after an interruption readers are told that there is a gap, and
// those that began with retained messages are given them anew. Owned by StreamConnection; on the shard's
// thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "adapters/mqtt/wire.hpp"
#include "gateway/metrics.hpp"
#include "gateway/ports.hpp"
#include "gateway/route.hpp"

namespace gateway::mqtt {

class TopicFeeds {
public:
    struct Wish {
        std::shared_ptr<const AddressPattern> pattern;
        int qos = 0;
        Decode decode = Decode::json;
        bool remove_on_empty = false;
        bool initial = false;  // begin with retained messages
    };
    using Request = std::variant<SubscribeRequest, UnsubscribeRequest>;
    using Send = std::function<void(Request)>;

    static constexpr std::size_t max_told = 10'000;                     // topics remembered for a filter
    static constexpr std::size_t max_stored_bytes = 64u * 1024 * 1024;  // that wait for one reader

    /// `send` is called while connected, and must not call back. `outcomes` may call forget() from within.
    TopicFeeds(Outcomes& outcomes, Metrics& metrics, std::size_t max_filters, Send send);

    /// Only while connected. Its outcome, or on_open, follows.
    void open(DeliveryId id, Wish wish);
    /// Its reader has gone.
    void forget(DeliveryId id);
    /// As gateway::OpenStream::next_stored.
    std::optional<StreamItem> next_stored(DeliveryId id);

    /// `subscription_ids`: the broker has them.
    void connected(bool subscription_ids);
    void disconnected(const Error& why);
    /// `code`: of SUBACK.
    void on_subscribed(std::uint64_t ticket, int code);
    void on_unsubscribed(std::uint64_t ticket);
    void on_arrival(const Arrival& arrival);
    /// Something that had arrived was dropped: it may have been anybody's.
    void on_dropped();
    void end_all(const Error& why);

    /// A SUBSCRIBE up to this ticket has no answer yet.
    bool waits_for(std::uint64_t ticket) const;
    std::uint64_t last_ticket() const { return last_ticket_; }
    std::size_t filters() const { return filters_.size(); }

private:
    enum class State : std::uint8_t {
        waiting,  // for SUBACK: not open yet
        open,
        interrupted,  // by the loss of the connection, and is to be told of the gap
    };
    struct Reader {
        Wish wish;
        std::string filter;  // key of filters_
        State state = State::waiting;
        std::uint64_t since = 0;  // arrivals up to this were before its time
        std::uint64_t round = 0;  // of its filter, that brings its retained messages
        bool forgotten =
            false;  // what it was told was forgotten: only messages of its own round are new to it
        std::deque<StreamItem> stored;
        std::size_t stored_bytes = 0;
    };
    struct Filter {
        std::uint32_t id = 0;  // subscription identifier
        int qos = 0;
        std::uint64_t ticket = 0;  // of the SUBSCRIBE without an answer yet; 0: none
        bool granted = false;
        std::uint64_t round = 0;  // SUBSCRIBEs that asked for retained messages
        std::vector<DeliveryId> readers;
        std::unordered_map<std::string, std::uint64_t> told;  // topic -> last arrival that readers were given
    };
    using Filters = std::map<std::string, Filter, std::less<>>;
    class Decoded;

    Reader* find(DeliveryId id);
    Filters::iterator place(std::string_view filter);
    std::string widened(std::string filter) const;
    void subscribe(const std::string& name, Filter& filter, bool retained);
    void unsubscribe(const std::string& name);
    void grant(const std::string& name);
    void absorb(const std::string& name);
    void refuse(const std::string& name, int code);
    void begin(DeliveryId id);
    std::vector<std::string> filters_of(const Arrival& arrival) const;
    bool is_accepted_by(const std::string& name, const Arrival& arrival) const;
    bool is_second_copy(const Arrival& arrival);
    void pass(const std::string& name, const Arrival& arrival, Decoded& payloads);
    void remember(const std::string& name, const std::string& topic);
    bool was_told(const Reader& reader, const std::string& topic) const;
    std::optional<StreamItem> item_for(const Reader& reader, const Arrival& arrival, Decoded& payloads);
    void keep(DeliveryId id, Reader& reader, StreamItem item);
    void end(DeliveryId id, const Error& why);

    Outcomes& outcomes_;
    Metrics& metrics_;
    const std::size_t max_filters_;
    const Send send_;
    std::map<DeliveryId, Reader> readers_;
    Filters filters_;
    std::map<std::string, std::uint64_t, std::less<>> leaving_;  // not left for sure; ticket of the request
    std::optional<Arrival> last_;  // where copies are possible: the last that was taken
    bool connected_ = false;
    bool subscription_ids_ = false;
    std::uint32_t last_id_ = 0;
    std::uint64_t last_ticket_ = 0;
    std::uint64_t arrivals_ = 0;
};

}  // namespace gateway::mqtt
