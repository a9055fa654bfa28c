// Hands one publication to everybody who subscribed to it. The frame is put together once per channel and
// dialect and shared by all who get it. Also keeps the publications whose subscribers must acknowledge them
// (consistency 3).
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "adapters/happn/node/state.hpp"
#include "gateway/clock.hpp"

namespace happn::node {

/// `consistency` of a publication, as in the protocol.
inline constexpr int consistency_queued = 0;
inline constexpr int consistency_deferred = 1;
inline constexpr int consistency_transactional = 2;
inline constexpr int consistency_acknowledged = 3;

struct Publication {
    ChannelWord word = ChannelWord::set;
    std::string_view path;       // text
    std::string_view item_path;  // text: of the item, if it is not `path` (siblings)
    std::string_view data;       // raw JSON
    std::string_view merged_in;  // raw: of a merge, what was given; for who subscribed to just that
    std::string_view publisher;  // session id, text
    SessionNumber session = 0;   // of the publisher; 0: the gateway
    std::string_view event_id;   // raw
    int consistency = consistency_transactional;
    const Times* times = nullptr;   // of stored data
    std::string_view tag;           // raw: of a copy that is tagged
    std::string_view meta;          // options.meta, raw
    std::string_view event_origin;  // raw
    std::string_view targets;       // options.targetClients, raw array: session ids, nobody else gets it
    SessionNumber only = 0;         // the same for one session
    bool no_cluster = false;
    gateway::WallTime timestamp = 0;      // of a remove
    std::optional<std::uint64_t> ticket;  // of the gateway's own: named when all have acknowledged it
};

struct PublishResults {
    std::size_t successful = 0;
    std::size_t failed = 0;
    std::size_t skipped = 0;
    std::size_t queued = 0;
    bool unacknowledged = false;  // kept until its subscribers have acknowledged it

    std::string json() const;
};

class Publisher {
public:
    explicit Publisher(State& state) : state_{state} {}

    PublishResults publish(const Publication& publication, gateway::TimePoint now);

    /// Tells the publisher that its publication has been delivered (consistency 0 and 1), or keeps it until
    /// all who got it have acknowledged (3). After publish(), for the same publication.
    void report(const Publication& publication, const PublishResults& results);

    /// False: there is no such publication, or it does not wait for this session (the_gateway: its routes).
    bool on_ack(SessionNumber from, std::string_view publication_id);
    void on_session_closed(SessionNumber session);
    /// Nobody waits for this publication of the gateway's any more.
    void forget(std::uint64_t ticket);
    void on_tick(gateway::TimePoint now);
    std::size_t unacknowledged() const { return waiting_.size(); }

private:
    struct Waiting {
        SessionNumber publisher = 0;
        std::optional<std::uint64_t> ticket;
        std::string event_id;
        PublishResults results;
        std::size_t acknowledged = 0;
        std::unordered_map<SessionNumber, std::size_t> subscribers;  // and how often each has yet to
        gateway::TimePoint deadline;
    };

    bool skips(const Publication& publication, const Session& session) const;
    /// Who of the gateway itself listens.
    struct Listening {
        bool routes = false;
        bool request_taken = false;
        std::vector<SessionNumber> feeds;
        bool acknowledges = false;  // the routes
    };
    void hand_to_gateway(const Publication& publication, Listening listening);
    bool expect_acks(const Publication& publication,
                     const std::vector<SessionNumber>& delivered,
                     gateway::TimePoint now);
    void finish(const std::string& publication_id, const Waiting& waiting);
    void send_ack(SessionNumber publisher,
                  std::string_view publication_id,
                  std::string_view event_id,
                  const PublishResults& results,
                  const std::size_t* acknowledged);

    State& state_;
    std::map<std::string, Waiting, std::less<>> waiting_;
};

/// <publisher session id>-<publisher eventId>
std::string publication_id(const Publication& publication);

}  // namespace happn::node
